import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { certificateIn } from '../../src/simulator/certificate'
import { createSimulator, type Simulator } from '../../src/simulator/index'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
const simulators: Simulator[] = []
afterAll(() => folder.remove())
afterEach(async () => {
  await Promise.all(simulators.splice(0).map(simulator => simulator.close()))
})

async function start() {
  const certificate = certificateIn(folder.path)
  const simulator = createSimulator({ tls: certificate })
  simulators.push(simulator)
  return { simulator, certificate, url: await simulator.listen() }
}

/** The body of a GET, or the code of what went wrong. */
async function get(url: string, options: { ca?: string; agent?: Agent } = {}): Promise<string> {
  const asked = request(url, { agent: false, ...options })
  asked.end()
  try {
    const [answer] = await once(asked, 'response')
    return (await answer.setEncoding('utf8').toArray()).join('')
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

test('a client that trusts the certificate is answered over TLS, and no other', async () => {
  const { url, certificate } = await start()
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  expect(await get(`${url}/simulator/counts`, { ca: certificate.cert })).toBe('{"counts":{}}')
  expect(await get(`${url}/simulator/counts`)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
})

test('the certificate names this machine and WeChat, can sign no other, and its key is private', () => {
  const { path, cert } = certificateIn(folder.path)
  const certificate = new X509Certificate(cert)
  for (const name of ['localhost', 'api.weixin.qq.com']) {
    expect(certificate.checkHost(name)).toBe(name)
  }
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(certificate.ca).toBe(false)
  expect(statSync(join(path, '../key.pem')).mode & 0o077).toBe(0)
})

test('a second start uses the same certificate, so that what trusts it goes on', () => {
  expect(certificateIn(folder.path).cert).toBe(certificateIn(folder.path).cert)
})

test('a certificate whose days are over is made anew', () => {
  const other = temporaryFolder()
  const { path } = certificateIn(other.path)
  const old = readFileSync(path, 'utf8')
  jest.useFakeTimers({ now: Date.now() + 31 * 24 * 3600_000, doNotFake: ['nextTick'] })
  try {
    expect(certificateIn(other.path).cert).not.toBe(old)
  } finally {
    jest.useRealTimers()
    other.remove()
  }
})

test.each([
  ['a key that is gone', 'key.pem', undefined, /no key.pem for cert.pem .*ENOENT.*delete both/],
  ['a key that is none', 'key.pem', 'x', /no key.pem for cert.pem .*delete both/],
  ['the key of another', 'key.pem', 'other', /no key.pem for cert.pem .*delete both/],
  ['a certificate that is none', 'cert.pem', 'x', /cannot read .*cert.pem: delete both/],
])('%s is refused in words', (_what, name, text, words) => {
  const [broken, other] = [temporaryFolder(), temporaryFolder()]
  const { key } = certificateIn(other.path)
  const file = join(certificateIn(broken.path).path, '..', name)
  if (text === undefined) rmSync(file)
  else writeFileSync(file, text === 'other' ? key : text)
  expect(() => certificateIn(broken.path)).toThrow(words)
  broken.remove()
  other.remove()
})

test('without openssl the program says so in words', () => {
  const empty = temporaryFolder()
  const main = join(__dirname, '../../dist/simulator/main.js')
  const args = [main, '--port', '0', '--tls', join(empty.path, 'tls')]
  const ended = spawnSync(process.execPath, args, { env: { PATH: empty.path }, encoding: 'utf8' })
  empty.remove()
  expect(ended.status).toBe(1)
  expect(ended.stderr).toBe(
    'wechat-simulator: --tls needs the program openssl 3 to make a certificate: it is not installed\n',
  )
})

test('faults of the connection strike over TLS, and the simulator lives on', async () => {
  const { url, simulator, certificate } = await start()
  const ca = certificate.cert
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (const transport of ['reset', 'resetmid', 'garbage'] as const) {
    simulator.fail({ transport })
    const code = simulator.mintCode()
    expect(await get(`${url}/sns/jscode2session?js_code=${code}`, { ca })).toMatch(
      /^(ECONN|HPE|EPROTO)/,
    )
  }
  simulator.fail({ transport: 'stale' })
  expect(await get(`${url}/wxa/x`, { ca, agent })).toContain('41001')
  expect(await get(`${url}/wxa/x`, { ca, agent })).toBe('ECONNRESET')
  agent.destroy()
  expect(await get(`${url}/wxa/x`, { ca })).toContain('41001')
})
