import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
}

export interface Ask {
  token?: string | undefined
  body?: object
  headers?: OutgoingHttpHeaders
}

/** Asks one server over connections that it keeps, as a gateway or a browser does. */
export interface Client {
  /** Rejects when the connection breaks before the whole answer is there. */
  ask(method: 'GET' | 'POST' | 'PUT', path: string, options?: Ask): Promise<Answer>
  close(): void
}

export function createClient(url: string): Client {
  const agent = new Agent({ keepAlive: true })
  return {
    ask: (method, path, { token, body, headers } = {}) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? '' : JSON.stringify(body)
        const all = {
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...(text !== '' && { 'Content-Type': 'application/json' }),
          'Content-Length': Buffer.byteLength(text),
          ...headers,
        }
        const asked = request(`${url}${path}`, { method, agent, headers: all }, answer => {
          const chunks: Buffer[] = []
          answer.on('data', chunk => chunks.push(chunk))
          answer.on('error', reject)
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            const { statusCode: status = 0, headers } = answer
            resolve({ status, headers, body: text === '' ? {} : JSON.parse(text) })
          })
        })
        asked.on('error', reject)
        asked.end(text)
      }),
    close: () => agent.destroy(),
  }
}
