import http from 'node:http'
import net from 'node:net'
import { later, listen } from './servers'

export interface ConnectProxy {
  readonly port: number
  /** What was asked for, such as `api.weixin.qq.com:443`, with the credentials that came along. */
  readonly asked: { readonly target: string; readonly credentials: string | undefined }[]
  /** Tunnels that stand. */
  readonly tunnels: Set<net.Socket>
  /** Answers to come, instead of a tunnel; `hang` gives none. */
  readonly refusals: (number | 'hang')[]
}

/** A proxy that knows CONNECT alone. Whatever host it is asked for, the tunnel leads to `port`. */
export async function startConnectProxy(port: number): Promise<ConnectProxy> {
  const asked: { target: string; credentials: string | undefined }[] = []
  const tunnels = new Set<net.Socket>()
  const refusals: (number | 'hang')[] = []
  const server = http.createServer((_req, res) => res.writeHead(405).end())
  server.on('connect', ({ url = '', headers }, client: net.Socket) => {
    const credentials = headers['proxy-authorization']
    asked.push({ target: url, credentials })
    client.on('error', () => {})
    later(() => client.destroy())
    const refusal = refusals.shift()
    if (refusal === 'hang') return
    if (refusal !== undefined) {
      client.end(`HTTP/1.1 ${refusal} No\r\nContent-Length: 2\r\n\r\nno`)
      return
    }
    const upstream = net.connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
    tunnels.add(client)
    client.on('close', () => {
      tunnels.delete(client)
      upstream.destroy()
    })
    upstream.on('error', () => client.destroy())
  })
  return { port: await listen(server), asked, tunnels, refusals }
}
