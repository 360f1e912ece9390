import { createPublicKey, type JsonWebKeyInput } from 'node:crypto'
import { OTHER_PRIVATE_KEY, PRIVATE_KEY } from '../../support/private-keys'
import { type Service, startService } from '../../support/service'

const PATH = '/.well-known/jwks.json'
const keyOf = (key: JsonWebKeyInput['key']) => createPublicKey({ key, format: 'jwk' })

let service: Service
afterEach(() => service.close())
const start = async (options: object) => {
  service = await startService(options)
  return service.http.get(`${service.prefix}${PATH}`)
}

test('without a private key the path is as unknown as any other', async () => {
  const { status, body } = await start({})
  expect([status, body.error]).toEqual([404, 'not_found'])
})

test('the current and the previous key are listed, the current one first, and no private part', async () => {
  const keys = { jwtPrivateKey: PRIVATE_KEY, jwtPrivateKeyPrevious: OTHER_PRIVATE_KEY }
  const { status, body } = await start(keys)
  expect(status).toBe(200)
  expect(Object.keys(body)).toEqual(['keys'])
  for (const [i, pem] of [PRIVATE_KEY, OTHER_PRIVATE_KEY].entries()) {
    expect(Object.keys(body.keys[i]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    expect(keyOf(body.keys[i]).equals(createPublicKey(pem))).toBe(true)
  }
  const { token } = await service.logIn()
  const header = JSON.parse(Buffer.from(String(token.split('.')[0]), 'base64url').toString())
  expect(header).toEqual({ alg: 'ES256', typ: 'mpl+jwt', kid: body.keys[0].kid })
})

test('a key that is about to sign is listed before it signs', async () => {
  const { body } = await start({ jwtPrivateKeyPrevious: PRIVATE_KEY })
  expect(body.keys).toHaveLength(1)
  const { token } = await service.logIn()
  expect(Buffer.from(String(token.split('.')[0]), 'base64url').toString()).toContain('HS256')
})

test('the keys may be kept by anybody for 5 minutes', async () => {
  const { headers } = await start({ jwtPrivateKey: PRIVATE_KEY })
  expect(headers).toMatchObject({
    'cache-control': 'public, max-age=300',
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
  })
  const refused = await service.http.post(PATH).expect(405)
  expect(refused.headers).toMatchObject({ allow: 'GET, HEAD', 'cache-control': 'no-store' })
})

test('a mounted service has them below its own path', async () => {
  const { status } = await start({ host: 'Express 4, mounted', jwtPrivateKey: PRIVATE_KEY })
  expect(status).toBe(200)
})
