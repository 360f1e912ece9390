import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** Longer than any client keeps an idle connection, so that only a fault makes one stale. */
const KEEP_ALIVE_MS = 120_000

/** So many ports are tried where the one that was asked for is taken. */
const PORTS_TRIED = 100

/** Where a server listens. */
export interface ListenOptions {
  /** Default 0: any free port. */
  readonly port?: number
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string
  /** Whether the next port is tried when this one is taken, up to 100 of them. Default false. */
  readonly orNext?: boolean
  /** Whether the process goes on for as long as this server listens. Default true. */
  readonly keepsAlive?: boolean
}

/** A certificate and its key, PEM. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** A request on its connection. */
export interface Arrival {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Whether the connection carried another request before. */
  readonly reused: boolean
}

/** An HTTP server that knows its connections, so that it can break all of them at once. */
export class HttpServer {
  readonly #server: Server
  readonly #scheme: 'http' | 'https'
  readonly #sockets = new Set<Socket>()
  readonly #used = new WeakSet<Socket>()
  #keepsAlive = true

  /**
   * @param receive answers a request; when it rejects, the connection is broken
   * @param tls where given, the server speaks https
   */
  constructor(receive: (arrival: Arrival) => Promise<void>, tls?: TlsFiles) {
    const listener = (req: IncomingMessage, res: ServerResponse) => {
      // A request that was broken off has no socket any more, so its socket is kept here.
      const { socket } = req
      receive({ req, res, reused: this.#use(socket) }).catch(() => socket.destroy())
    }
    const options = { keepAliveTimeout: KEEP_ALIVE_MS }
    this.#scheme = tls ? 'https' : 'http'
    this.#server = tls
      ? createTlsServer({ ...options, ...tls }, listener)
      : createServer(options, listener)
    const hold = (socket: Socket) => {
      this.#sockets.add(socket)
      if (!this.#keepsAlive) socket.unref()
      socket.once('close', () => this.#sockets.delete(socket))
    }
    // Over TLS the first event gives the bare connection, the second the one that requests come on.
    for (const event of ['connection', 'secureConnection']) this.#server.on(event, hold)
  }

  /** The base URL, without a slash at its end. @throws Error when it does not listen */
  get url(): string {
    const address = this.#server.address() as AddressInfo | null
    if (address === null) throw new Error('the simulator does not listen')
    return `${this.#scheme}://${hostAndPort(address)}`
  }

  /** @returns the base URL. @throws what node:net throws, e.g. EADDRINUSE */
  async listen(options: ListenOptions = {}): Promise<string> {
    const { port = 0, host = '127.0.0.1', orNext = false, keepsAlive = true } = options
    this.#keepsAlive = keepsAlive
    if (!keepsAlive) this.#server.unref()
    const last = orNext ? Math.min(port + PORTS_TRIED - 1, 65_535) : port
    for (let tried = port; ; tried++) {
      try {
        await this.#listenAt(tried, host)
        return this.url
      } catch (error) {
        const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        if (!isTaken || tried >= last) throw error
      }
    }
  }

  #listenAt(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  /** Stops to listen, and breaks every connection. */
  close(): Promise<void> {
    return new Promise(resolve => {
      this.#server.close(() => resolve())
      for (const socket of this.#sockets) socket.destroy()
    })
  }

  /** Marks the connection as used. @returns whether it was used before */
  #use(socket: Socket): boolean {
    const reused = this.#used.has(socket)
    this.#used.add(socket)
    return reused
  }
}

/** A client cannot connect to "every address", so a wildcard becomes the loopback. */
function hostAndPort({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0') return `127.0.0.1:${port}`
  if (address === '::') return `[::1]:${port}`
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
}
