import net from 'node:net'

/** One answer as it stood on the wire. */
export interface RawAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface Exchange {
  readonly answers: readonly RawAnswer[]
  /** Whether the server closed the connection. */
  readonly closed: boolean
}

export interface ExchangeOptions {
  /** Wait for this: an answer, or the end of the connection. Default `answer`. */
  until?: 'answer' | 'close'
  /** Give up after this many milliseconds. Default 30,000, which a busy machine may need. */
  withinMs?: number
  /** The address to come from, such as 127.0.0.2. */
  from?: string
}

/** Sends bytes as they are, which no HTTP client would, and reads what comes back. */
export function exchange(
  port: number,
  bytes: string | Buffer,
  { until = 'answer', withinMs = 30_000, from = '127.0.0.1' }: ExchangeOptions = {},
): Promise<Exchange> {
  return new Promise(resolve => {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: from })
    let received = Buffer.alloc(0)
    const finish = (closed: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ answers: answersIn(received), closed })
    }
    const timer = setTimeout(() => finish(false), withinMs)
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      if (until === 'answer' && answersIn(received).some(({ status }) => status >= 200))
        finish(false)
    })
    // A reset after the answer is the server's way to say that it reads no further.
    socket.on('error', () => {})
    socket.on('close', () => finish(true))
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  })
}

/** A request of these lines; `Host` is there unless given. */
export function request(
  line: string,
  headers: Readonly<Record<string, string | number>> = {},
  body: string | Buffer = '',
): Buffer {
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(([k, v]) => `${k}: ${v}`)
  const head = [`${line} HTTP/1.1`, ...lines, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)])
}

/** Whole answers only. */
function answersIn(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = bytes.toString('latin1')
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return answers
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n')
    const headers = Object.fromEntries(
      lines.map(line => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
      }),
    )
    const length = Number(headers['content-length'] ?? 0)
    const body = rest.slice(end + 4, end + 4 + length)
    if (body.length < length) return answers
    const status = Number(first.split(' ')[1])
    answers.push({ status, headers, text: Buffer.from(body, 'latin1').toString('utf8') })
    rest = rest.slice(end + 4 + length)
  }
}

/** What every failure's body holds, whoever refused the request. */
export function envelope(error: string, answer: RawAnswer): Record<string, unknown> {
  return {
    error,
    message: expect.any(String),
    message_en: expect.any(String),
    action: expect.stringMatching(/^(none|retry|wait|login|fix_request|contact_admin)$/),
    retry_after: null,
    request_id: answer.headers['x-request-id'] ?? 'an X-Request-Id header',
  }
}
