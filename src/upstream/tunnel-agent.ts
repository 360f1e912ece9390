import http, { type ClientRequest } from 'node:http'
import { isIP, isIPv6, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { Agent, type AgentConnectOpts } from 'agent-base'

export interface TunnelOptions extends http.AgentOptions {
  /** The platform's, `http:` or `https:`. */
  readonly protocol: string
}

/** Node's own way of asking an agent for a connection, which its types leave out. */
interface Queue {
  addRequest(request: http.IncomingMessage | ClientRequest, options: AgentConnectOpts): void
}

/**
 * Connections through a proxy, by CONNECT. A request gets its connection once the whole of it stands,
 * TLS to the platform included: whatever fails before, nothing of the request has left, and there is
 * no other way around the proxy. `agent-base` keeps the pool. Why the CONNECT is ours and not
 * https-proxy-agent's: docs/decisions/proxy-agent.md.
 *
 * Each failure of the proxy has a code that begins with `PROXY_`: its status, as `PROXY_407`, or what
 * became of the connection to it, as `PROXY_ECONNREFUSED`.
 */
export class TunnelAgent extends Agent {
  readonly #proxy: http.RequestOptions
  /** How to end what is being opened for a request. */
  readonly #opening = new Map<ClientRequest, () => void>()

  /** @param proxy `http://[user:password@]host:port`, the user and password percent-encoded */
  constructor(proxy: string, { protocol, ...pool }: TunnelOptions) {
    super(pool)
    // Left to itself, agent-base looks for `https` in a stack trace, at each request.
    this.protocol = protocol
    this.defaultPort = protocol === 'https:' ? 443 : 80
    const { hostname, port, username, password } = new URL(proxy)
    const name = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    const credentials = Buffer.from(name).toString('base64')
    this.#proxy = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || '80',
      method: 'CONNECT',
      agent: false,
      ...((username || password) && { headers: { 'Proxy-Authorization': `Basic ${credentials}` } }),
    }
  }

  /** Ends the connection that is being opened for a request. One that waits for a turn has none. */
  giveUp(request: ClientRequest): void {
    this.#opening.get(request)?.()
  }

  /** A connection to the platform that is ready for a request. agent-base calls it. */
  override async connect(request: ClientRequest, options: AgentConnectOpts): Promise<Duplex> {
    // A request that was cut while it waited for its turn needs no connection any more.
    if (request.destroyed) throw coded('ERR_CUT')
    try {
      const tunnel = await this.#askProxy(request, options)
      return options.secureEndpoint ? await this.#secure(request, tunnel, options) : tunnel
    } finally {
      this.#opening.delete(request)
    }
  }

  /**
   * Gives a turn that failed to the next request of the queue. Node does so when an open connection
   * ends, and agent-base does nothing when one never opened: all that wait would wait for ever.
   */
  override createSocket(...[request, options, done]: Parameters<Agent['createSocket']>): void {
    super.createSocket(request, options, (error, socket) => {
      done(error, socket)
      const next = error && this.requests[this.getName(options)]?.shift()
      if (next) (this as unknown as Queue).addRequest(next, options)
    })
  }

  #askProxy(request: ClientRequest, { host = '', port }: AgentConnectOpts): Promise<Socket> {
    const path = `${isIPv6(host) ? `[${host}]` : host}:${port}`
    return new Promise((resolve, reject) => {
      const headers = { ...(this.#proxy.headers as http.OutgoingHttpHeaders), Host: path }
      const asking = http.request({ ...this.#proxy, path, headers })
      this.#opening.set(request, () => asking.destroy())
      asking.once('error', ({ code }: NodeJS.ErrnoException) => reject(coded(`PROXY_${code}`)))
      // Node tells every answer to CONNECT by this event, a refusal too.
      asking.once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
        // Nobody but the proxy can have spoken by now: what follows a good answer is not the platform's.
        const isOpen = statusCode >= 200 && statusCode < 300 && head.length === 0
        if (isOpen) return resolve(socket)
        socket.destroy()
        reject(coded(`PROXY_${statusCode}`))
      })
      asking.end()
    })
  }

  #secure(request: ClientRequest, tunnel: Socket, options: AgentConnectOpts): Promise<Duplex> {
    const { host = '' } = options
    const servername = isIP(host) ? '' : host
    return new Promise((resolve, reject) => {
      const socket = tls.connect({ socket: tunnel, servername, host, ALPNProtocols: ['http/1.1'] })
      this.#opening.set(request, () => socket.destroy(coded('ERR_CUT')))
      socket.once('error', reject)
      socket.once('secureConnect', () => {
        socket.off('error', reject)
        resolve(socket)
      })
    })
  }
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code })
}
