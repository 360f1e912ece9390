import type { AgentOptions, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { Agent, type AgentConnectOpts } from 'agent-base'
import { coded, openTunnel, proxyOf } from './open-tunnel'

export interface TunnelOptions extends AgentOptions {
  /** The platform's, `http:` or `https:`. */
  readonly protocol: string
}

/** Node's own way of asking an agent for a connection, which its types leave out. */
interface Queue {
  addRequest(request: IncomingMessage | ClientRequest, options: AgentConnectOpts): void
}

/**
 * Connections through a proxy, by CONNECT. A request gets its connection once the whole of it stands,
 * TLS to the platform included: whatever fails before, nothing of the request has left, and there is
 * no other way around the proxy. `agent-base` keeps the pool. Why the CONNECT is ours and not
 * https-proxy-agent's: docs/decisions/proxy-agent.md.
 */
export class TunnelAgent extends Agent {
  readonly #proxy: RequestOptions
  /** How to end what is being opened for a request. */
  readonly #opening = new Map<ClientRequest, () => void>()

  /** @param proxy `http://[user:password@]host:port`, the user and password percent-encoded */
  constructor(proxy: string, { protocol, ...pool }: TunnelOptions) {
    super(pool)
    // Left to itself, agent-base looks for `https` in a stack trace, at each request.
    this.protocol = protocol
    this.defaultPort = protocol === 'https:' ? 443 : 80
    this.#proxy = proxyOf(proxy)
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
    const { tunnel, giveUp } = openTunnel(this.#proxy, { host, port })
    this.#opening.set(request, giveUp)
    return tunnel
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
