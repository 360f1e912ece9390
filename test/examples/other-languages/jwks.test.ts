import { createPublicKey } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SIMULATOR_APP } from '../../../src/simulator/index'
import { createJwt } from '../../../src/token/jwt'
import { createSigningKeys } from '../../../src/token/signing-keys'
import { createTokenKeys } from '../../../src/token/token-keys'
import { Clock } from '../../support/clock'
import { available } from '../../support/databases'
import { OTHER_PRIVATE_KEY, PRIVATE_KEY } from '../../support/private-keys'
import { JWT_SECRET, OTHER_APP, type Service, startService } from '../../support/service'
import { signed } from '../../token/forge'
import { type Running, startProgram } from './program'

const describeJava = available('java') ? describe : describe.skip
const PATH = '/.well-known/jwks.json'

describeJava('Jwks.java', () => {
  /** The program looks at the machine's clock. */
  const clock = new Clock()
  clock.ms = Date.now()
  let service: Service
  let published: string
  let server: Server
  let program: Running
  beforeAll(async () => {
    service = await startService({ jwtPrivateKey: PRIVATE_KEY, clock })
    published = (await service.http.get(PATH)).text
    // Between the program and the service, so that a rotation can be played.
    server = createServer((_req, res) => res.end(published))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`
    program = await startProgram('Jwks.java', { JWKS_URL: url, APPID: SIMULATOR_APP.appid })
  })
  afterAll(async () => {
    await program?.stop()
    server?.closeAllConnections()
    server?.close()
    await service.close()
  })

  const keys = (pem = PRIVATE_KEY) =>
    createTokenKeys(createSigningKeys(JWT_SECRET), { jwtPrivateKey: pem })
  const audience = [SIMULATOR_APP.appid, OTHER_APP.appid]
  const jwtOf = (pem?: string) =>
    createJwt({ tokenKeys: keys(pem), audience, maxTtlSeconds: 86_400, now: clock.now })
  const claims = (changes = {}) => {
    const iat = Math.floor(Date.now() / 1000)
    const of = { aud: SIMULATOR_APP.appid, sub: 'user-1', sid: 's', enc: 'k.e' }
    return { ...of, iat, exp: iat + 3600, ...changes }
  }

  test('takes a token of ours, asking nobody', async () => {
    const { token } = await service.logIn()
    const { id } = (await service.http.get('/me').set('token', token)).body
    const { status, body } = await program.order(token)
    expect([status, body]).toEqual([200, { user_id: id }])
  })

  test('sees no log-out: that is the price, and docs/other-languages.md says it', async () => {
    const { token } = await service.logIn()
    await service.http.post('/logout').set('token', token).expect(200)
    expect((await program.order(token)).status).toBe(200)
  })

  const good = () => jwtOf().sign(claims())
  const zeros = (bytes: number) => Buffer.alloc(bytes).toString('base64url')
  const head = (token: string) => token.slice(0, token.lastIndexOf('.'))
  const header = { alg: 'ES256', typ: 'mpl+jwt', kid: keys().current.kid }
  const pem = createPublicKey(PRIVATE_KEY).export({ format: 'pem', type: 'spki' }).toString()
  test.each<[string, () => string]>([
    ['no token', () => ''],
    ['no JWT', () => 'x.y.z'],
    ['an expired one', () => jwtOf().sign(claims({ iat: 1, exp: claims().iat - 1 }))],
    ['one of another app', () => jwtOf().sign(claims({ aud: OTHER_APP.appid }))],
    ['one of another key', () => jwtOf(OTHER_PRIVATE_KEY).sign(claims())],
    ['one of the future', () => jwtOf().sign(claims({ iat: claims().iat + 120 }))],
    ['a signature of zeros', () => `${head(good())}.${zeros(64)}`],
    ['a signature cut short', () => good().slice(0, -4)],
    ['no signature', () => `${head(good())}.`],
    ['a changed payload', () => good().replace(/\.e/, '.f')],
    ['an HMAC with the public key', () => signed({ ...header, alg: 'HS256' }, claims(), pem)],
    ['one of the secret', () => createJwtOfSecret().sign(claims())],
  ])('refuses %s', async (_name, token) => {
    expect((await program.order(token())).status).toBe(401)
    expect((await program.order(good())).status).toBe(200)
  })

  function createJwtOfSecret() {
    const tokenKeys = createTokenKeys(createSigningKeys(JWT_SECRET))
    return createJwt({ tokenKeys, audience, maxTtlSeconds: 86_400, now: clock.now })
  }

  test('follows a rotation: it asks for the keys again when a kid is new', async () => {
    const token = jwtOf(OTHER_PRIVATE_KEY).sign(claims())
    expect((await program.order(token)).status).toBe(401)
    published = JSON.stringify({ keys: keys(OTHER_PRIVATE_KEY).publicKeys })
    while ((await program.order(token)).status !== 200) await sleep(200)
    expect((await program.order(good())).status).toBe(401)
  })
})
