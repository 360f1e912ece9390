import http, { type RequestOptions } from 'node:http'
import { isIPv6, type Socket } from 'node:net'

/** What is asked of a proxy. */
export interface TunnelTarget {
  /** A name or an address of the platform. */
  readonly host: string
  readonly port: number
}

/** A tunnel on its way. */
export interface OpeningTunnel {
  /**
   * The connection, which the platform has not spoken on yet.
   *
   * @throws Error with a `code` that begins with `PROXY_`: the proxy's status, as `PROXY_407`, or what
   *   became of the connection to it, as `PROXY_ECONNREFUSED`
   */
  readonly tunnel: Promise<Socket>
  /** Ends the question. A tunnel that stands already stays. */
  giveUp(): void
}

/**
 * How a proxy is asked by CONNECT.
 *
 * @param address `http://[user:password@]host:port`, the user and password percent-encoded
 */
export function proxyOf(address: string): RequestOptions {
  const { hostname, port, username, password } = new URL(address)
  const name = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const credentials = Buffer.from(name).toString('base64')
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port || '80',
    method: 'CONNECT',
    agent: false,
    ...((username || password) && { headers: { 'Proxy-Authorization': `Basic ${credentials}` } }),
  }
}

/** Asks a proxy for a connection to the platform. */
export function openTunnel(proxy: RequestOptions, { host, port }: TunnelTarget): OpeningTunnel {
  const path = `${isIPv6(host) ? `[${host}]` : host}:${port}`
  const headers = { ...(proxy.headers as http.OutgoingHttpHeaders), Host: path }
  const asking = http.request({ ...proxy, path, headers })
  const tunnel = new Promise<Socket>((resolve, reject) => {
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
  return { tunnel, giveUp: () => asking.destroy() }
}

export function coded(code: string): Error {
  return Object.assign(new Error(code), { code })
}
