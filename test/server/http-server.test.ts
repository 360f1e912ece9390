import net from 'node:net'
import { envelope, exchange, type RawAnswer, request } from '../http/raw-socket'
import { STRETCHED } from '../support/patience'
import { type Service, startService } from '../support/service'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const JSON_TYPE = { 'Content-Type': 'application/json' }
const POST = 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'

function expectEnvelope(answer: RawAnswer | undefined, status: number, error: string): void {
  if (!answer) throw new Error('no answer')
  expect([answer.status, answer.headers['x-request-id']]).toEqual([
    status,
    expect.stringMatching(/^[\w.-]{8,64}$/),
  ])
  expect(JSON.parse(answer.text)).toMatchObject(envelope(error, answer))
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
  })
}

async function expectAlive(): Promise<void> {
  const { answers } = await exchange(service.port, request('GET /livez'))
  expect(answers[0]?.status).toBe(200)
}

describe('a body larger than 16 KB', () => {
  test('is refused by its Content-Length, before it comes, and the connection is closed', async () => {
    for (const size of [16 * 1024 + 1, 10 * 1024 * 1024]) {
      const head = request('POST /login', { ...JSON_TYPE, 'Content-Length': size }, '{')
      const { answers, closed } = await exchange(service.port, head, { until: 'close' })
      expect(answers).toHaveLength(1)
      expectEnvelope(answers[0], 413, 'body_too_large')
      expect(answers[0]?.headers.connection).toBe('close')
      expect(closed).toBe(true)
    }
  })

  test('is refused by every route that reads one, behind a guard too', async () => {
    const { token } = await service.logIn()
    const headers = { ...JSON_TYPE, 'Content-Length': 1e7, Authorization: `Bearer ${token}` }
    const paths = [
      '/checklogin',
      '/login',
      '/refresh',
      '/logout',
      '/auth',
      '/isAuth',
      '/wx/onlogin',
    ]
    for (const line of [...paths.map(path => `POST ${path}`), 'PUT /me']) {
      const sent = request(line, headers, '{')
      const { answers, closed } = await exchange(service.port, sent, { until: 'close' })
      expect([line, answers[0]?.status, closed]).toEqual([line, 413, true])
    }
  })

  test('that comes in endless chunks is refused at 16 KB, and the connection is closed', async () => {
    const chunk = `1000\r\n${'a'.repeat(4096)}\r\n`
    const sent = `${POST}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(8)}`
    const { answers, closed } = await exchange(service.port, sent, { until: 'close' })
    expectEnvelope(answers[0], 413, 'body_too_large')
    expect(answers).toHaveLength(1)
    expect(closed).toBe(true)
  })

  test('is 16 KB and a byte: 16 KB itself is read', async () => {
    const code = service.simulator.mintCode()
    const text = JSON.stringify({ code, pad: '' })
    const fits = text.replace('""', `"${'x'.repeat(16 * 1024 - text.length)}"`)
    const headers = { ...JSON_TYPE, 'Content-Length': 16 * 1024 }
    const { answers } = await exchange(service.port, request('POST /login', headers, fits))
    expect(answers[0]?.status).toBe(200)
  })

  test('of another type is refused as such, and the connection is closed', async () => {
    const headers = { 'Content-Type': 'text/plain', 'Content-Length': 5000 }
    const sent = request('POST /login', headers, 'x')
    const { answers, closed } = await exchange(service.port, sent, { until: 'close' })
    expectEnvelope(answers[0], 415, 'unsupported_media_type')
    expect(closed).toBe(true)
  })
})

describe('two ways to read where a request ends', () => {
  const CHUNKED = 'Transfer-Encoding: chunked\r\n\r\n'
  const NEXT = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'
  test.each([
    ['a length and chunks', `Content-Length: 5\r\n${CHUNKED}0\r\n\r\n${NEXT}`],
    [
      'chunks and a length',
      `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${NEXT}`,
    ],
    ['two lengths', `Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}${NEXT}`],
    ['the same length twice', `Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}${NEXT}`],
    ['a list of lengths', `Content-Length: 2, 2\r\n\r\n{}${NEXT}`],
    ['a length with a plus', `Content-Length: +2\r\n\r\n{}${NEXT}`],
    ['a negative length', `Content-Length: -2\r\n\r\n{}${NEXT}`],
    ['a length in hex', `Content-Length: 0x2\r\n\r\n{}${NEXT}`],
    ['a length beyond 64 bits', `Content-Length: 18446744073709551618\r\n\r\n{}${NEXT}`],
    ['a space before the colon of a length', `Content-Length : 2\r\n\r\n{}${NEXT}`],
    ['a space before the colon of chunks', `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${NEXT}`],
    ['an unknown coding', `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${NEXT}`],
    ['identity', `Transfer-Encoding: identity\r\n\r\n{}${NEXT}`],
    ['chunks not last', `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${NEXT}`],
    ['chunks twice', `Transfer-Encoding: chunked\r\n${CHUNKED}0\r\n\r\n${NEXT}`],
    ['chunks on a folded line', `Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${NEXT}`],
    ['a vertical tab', `Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n${NEXT}`],
    ['bare line feeds', `Content-Length: 2\n\n{}${NEXT}`],
    ['a bare carriage return', `X: a\rTransfer-Encoding: chunked\r\n\r\n${NEXT}`],
    ['a NUL in a header', `X: a\0b\r\n\r\n${NEXT}`],
    ['a folded header', `X: a\r\n b\r\n\r\n${NEXT}`],
    ['a header without a name', `: x\r\n\r\n${NEXT}`],
    ['a header without a colon', `foo\r\n\r\n${NEXT}`],
    ['a header with a space in its name', `a b: x\r\n\r\n${NEXT}`],
    ['a negative chunk', `${CHUNKED}-1\r\n${NEXT}`],
    ['a chunk beyond 64 bits', `${CHUNKED}FFFFFFFFFFFFFFFFF\r\n${NEXT}`],
    ['a chunk size in 0x', `${CHUNKED}0x2\r\n{}\r\n0\r\n\r\n${NEXT}`],
    ['a chunk size with a space', `${CHUNKED}2 \r\n{}\r\n0\r\n\r\n${NEXT}`],
    ['chunks ended by line feeds', `${CHUNKED}2\n{}\n0\n\n${NEXT}`],
    ['a chunk longer than its size', `${CHUNKED}2\r\n{}XX0\r\n\r\n${NEXT}`],
    ['a length among the trailers', `${CHUNKED}2\r\n{}\r\n0\r\nContent-Length: 50\r\n\r\n${NEXT}`],
  ])('get one 400 and a closed connection: %s', async (_name, rest) => {
    const { answers, closed } = await exchange(service.port, POST + rest, { until: 'close' })
    expect(answers).toHaveLength(1)
    expectEnvelope(answers[0], 400, 'invalid_request')
    expect(answers[0]?.headers.connection).toBe('close')
    expect(closed).toBe(true)
  })

  test('get no second answer when the first was given before the fault was seen', async () => {
    for (const rest of ['ZZZ\r\n', '-1\r\n', '2\r\n{}XX']) {
      const sent = `GET /livez HTTP/1.1\r\nHost: x\r\n${CHUNKED}${rest}`
      const { answers, closed } = await exchange(service.port, sent, { until: 'close' })
      expect([rest, answers.length, closed]).toEqual([rest, 1, true])
    }
  })
})

describe('what Node refuses before Express sees it', () => {
  test.each([
    [
      'headers over 16 KB',
      request('GET /livez', { A: 'a'.repeat(17_000) }),
      431,
      'headers_too_large',
    ],
    ['a path over 16 KB', request(`GET /${'a'.repeat(17_000)}`), 431, 'headers_too_large'],
    ['garbage', 'garbage\r\n\r\n', 400, 'invalid_request'],
    ['a TLS hello', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 400, 'invalid_request'],
    ['the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'invalid_request'],
    ['HTTP/3.0', 'GET / HTTP/3.0\r\nHost: x\r\n\r\n', 400, 'invalid_request'],
    ['an unknown method', 'FOO /livez HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid_request'],
    ['a method in lower case', 'get /livez HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid_request'],
    [
      'a control character in the path',
      'GET /a\x01 HTTP/1.1\r\nHost: x\r\n\r\n',
      400,
      'invalid_request',
    ],
    [
      'C1 controls in the path',
      'GET /a\x9b31m HTTP/1.1\r\nHost: x\r\n\r\n',
      400,
      'invalid_request',
    ],
    ['no Host in HTTP/1.1', 'GET /livez HTTP/1.1\r\n\r\n', 400, 'invalid_request'],
  ])('has our error shape: %s', async (_name, sent, status, error) => {
    const { answers, closed } = await exchange(service.port, sent, { until: 'close' })
    expect(answers).toHaveLength(1)
    expectEnvelope(answers[0], status, error)
    expect(closed).toBe(true)
  })

  test('keeps the whole envelope to itself: nothing of the request comes back', async () => {
    const canary = 'canary7Qz'
    const sent = `GET /${canary} HTTP/9.9\r\nX-${canary}: ${canary}\r\n\r\n`
    const { answers } = await exchange(service.port, sent)
    expect(JSON.stringify(answers)).not.toContain(canary)
  })

  test('an expectation other than 100-continue is refused in our error shape', async () => {
    for (const line of ['POST /login', 'GET /livez', 'GET /nowhere']) {
      const sent = request(line, { Expect: 'x', ...JSON_TYPE, 'Content-Length': 2 }, '{}')
      const [answer] = (await exchange(service.port, sent)).answers
      expectEnvelope(answer, 400, 'invalid_request')
      expect(JSON.parse(answer?.text ?? '')).toMatchObject({ field: 'Expect' })
    }
  })

  test('100-continue is answered, and the login goes on', async () => {
    const body = JSON.stringify({ code: service.simulator.mintCode() })
    const headers = { Expect: '100-continue', ...JSON_TYPE, 'Content-Length': body.length }
    const { answers } = await exchange(service.port, request('POST /login', headers, body))
    expect(answers.map(({ status }) => status)).toEqual([100, 200])
  })

  test('a wish to upgrade is ignored', async () => {
    for (const protocol of ['websocket', 'h2c', 'TLS/1.0']) {
      const headers = { Connection: 'Upgrade', Upgrade: protocol }
      const { answers } = await exchange(service.port, request('GET /livez', headers))
      expect([protocol, answers[0]?.status]).toEqual([protocol, 200])
    }
  })
})

describe('CONNECT', () => {
  const sent = 'CONNECT example.invalid:443 HTTP/1.1\r\nHost: x\r\n\r\n'

  test('is refused with 405 and Allow, and the connection is closed', async () => {
    const { answers, closed } = await exchange(service.port, sent, { until: 'close' })
    expectEnvelope(answers[0], 405, 'method_not_allowed')
    expect(answers[0]?.headers.allow).toMatch(/GET/)
    expect(closed).toBe(true)
  })

  test('from a client that resets at once does not bring the process down', async () => {
    // Node takes its own error listener off the socket before it emits `connect`.
    const bare: boolean[] = []
    const watch = (_req: unknown, socket: net.Socket) => {
      bare.push(socket.listenerCount('error') === 0)
      // Without this an unguarded socket would end the test run instead of this test.
      socket.on('error', () => {})
    }
    service.server.on('connect', watch)
    for (let i = 0; i < 5; i++) {
      await new Promise<void>(resolve => {
        const socket = net.connect(service.port, '127.0.0.1')
        socket.on('error', () => {}).on('close', () => resolve())
        socket.write(sent, () => socket.resetAndDestroy())
      })
    }
    await expectAlive()
    service.server.off('connect', watch)
    expect(bare).toEqual([false, false, false, false, false])
  })
})

describe('a slow client', () => {
  test('has the time that patience gives for headers and for the request', () => {
    const { server } = service
    const { headersTimeout, requestTimeout } = server
    const { headersMs, requestMs, connectionsCheckMs } = STRETCHED
    expect({ headersTimeout, requestTimeout }).toEqual({
      headersTimeout: headersMs,
      requestTimeout: requestMs,
    })
    expect(server).toMatchObject({
      connectionsCheckingInterval: connectionsCheckMs,
      maxHeaderSize: 16 * 1024,
    })
  })

  test('may keep an idle connection for longer than a load balancer does', () => {
    expect(service.server.keepAliveTimeout).toBe(65_000)
  })

  test('hears 408 in our error shape, whether headers or body are late', async () => {
    const patience = { headersMs: 200, requestMs: 300, connectionsCheckMs: 50 }
    const impatient = await startService({ patience, simulator: service.simulator })
    try {
      const late = ['POST /login HTT', `${POST}X: y`, `${POST}Content-Length: 9\r\n\r\n{`]
      const exchanges = late.map(sent => exchange(impatient.port, sent, { until: 'close' }))
      for (const { answers, closed } of await Promise.all(exchanges)) {
        expect(answers).toHaveLength(1)
        expectEnvelope(answers[0], 408, 'request_timeout')
        expect(closed).toBe(true)
      }
    } finally {
      await impatient.close()
    }
  })
})

test('after all of this the service still serves, and told no fault of its own', async () => {
  await expectAlive()
  expect(service.logLines.filter(({ level }) => level === 'error')).toEqual([])
})
