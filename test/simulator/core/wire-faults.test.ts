import { Agent, get } from 'node:http'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { Simulator, TransportFault } from '../../../src/simulator/index'
import { ask, askAndLeave, listenRaw, login, loginUrl, start } from '../ask'

async function failing(transport: TransportFault): Promise<{ simulator: Simulator; url: string }> {
  const simulator = await start()
  simulator.fail({ transport })
  return { simulator, url: loginUrl(simulator, simulator.mintCode()) }
}

/** How many bytes an answer is on the wire and after decoding. */
function weigh(url: string, decode: boolean): Promise<{ wire: number; decoded: number }> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, res => {
      const size = { wire: 0, decoded: 0 }
      res.on('data', (chunk: Buffer) => {
        size.wire += chunk.length
      })
      const scale = new Writable({
        write(chunk: Buffer, _encoding, done) {
          size.decoded += chunk.length
          done()
        },
      })
      const weighed = decode ? pipeline(res, createGunzip(), scale) : pipeline(res, scale)
      weighed.then(() => resolve(size), reject)
    }).on('error', reject)
  })
}

it('never: takes the request, answers nothing and stays connected', async () => {
  const { simulator, url } = await failing('never')
  expect(await listenRaw(url, { forMs: 300 })).toEqual({ text: '', ended: 'open' })
  expect(simulator.calls[0]?.fault).toEqual({ transport: 'never' })
})

it.each([
  ['drip', 'of the body', /^HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\n\{ $/],
  ['headdrip', 'of a header', /^HTTP\/1.1 200 OK\r\nX-Drip: \.$/],
] as const)('%s: a byte a second %s, and no end', async (transport, _where, enough) => {
  const { url } = await failing(transport)
  const { text, ended } = await listenRaw(url, { enough })
  expect(text).toMatch(enough)
  expect(ended).toBe('open')
})

it('reset: RST before the first byte', async () => {
  const { url } = await failing('reset')
  expect(await listenRaw(url)).toEqual({ text: '', ended: 'ECONNRESET' })
})

it.each([
  ['resetmid', 'ECONNRESET'],
  ['closemid', 'closed'],
] as const)('%s: half of the body, then %s', async (transport, ended) => {
  const { url } = await failing(transport)
  const raw = await listenRaw(url)
  const [head = '', body = ''] = raw.text.split('\r\n\r\n')
  expect(raw.ended).toBe(ended)
  expect(body).toMatch(/^\{"session_key":"/)
  const promised = Number(/content-length: (\d+)/i.exec(head)?.[1])
  expect(body).toHaveLength(Math.floor(promised / 2))
})

it('stale: strikes a reused connection and lets fresh ones pass', async () => {
  const simulator = await start()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  simulator.fail({ transport: 'stale' })
  const first = await ask(loginUrl(simulator, simulator.mintCode()), { agent })
  expect(JSON.parse(first.body.toString())).toHaveProperty('openid')
  const code = simulator.mintCode()
  await expect(ask(loginUrl(simulator, code), { agent })).rejects.toMatchObject({
    code: 'ECONNRESET',
  })
  expect(await login(simulator, code)).toHaveProperty('openid')
  agent.destroy()
})

it('huge: 200 MB of no known length', async () => {
  const { url } = await failing('huge')
  const { wire } = await weigh(url, false)
  expect(wire).toBeGreaterThanOrEqual(200 * 1024 * 1024)
})

it('gzipbomb: 200 MB that travel in less than one', async () => {
  const { url } = await failing('gzipbomb')
  const { wire, decoded } = await weigh(url, true)
  expect(decoded).toBeGreaterThanOrEqual(200 * 1024 * 1024)
  expect(wire).toBeLessThan(1024 * 1024)
})

it.each(['huge', 'gzipbomb', 'drip', 'headdrip', 'never'] as const)(
  '%s: a client that leaves is forgotten, and the next one is served',
  async transport => {
    const { simulator, url } = await failing(transport)
    await askAndLeave(simulator, url)
    expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')
  },
)

it.each([
  ['garbage', /^HPE_/],
  ['badheader', /^HPE_INVALID_HEADER_TOKEN$/],
] as const)('%s: not the HTTP that a client can read', async (transport, code) => {
  const { url } = await failing(transport)
  await expect(ask(url)).rejects.toMatchObject({ code: expect.stringMatching(code) })
})

it('extrabytes: more of a body than Content-Length says', async () => {
  const { url } = await failing('extrabytes')
  const { text, ended } = await listenRaw(url)
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const promised = Number(/content-length: (\d+)/i.exec(head)?.[1])
  expect(JSON.parse(body.slice(0, promised))).toHaveProperty('openid')
  expect(body.slice(promised)).toBe(body.slice(0, promised))
  expect(ended).toBe('closed')
})
