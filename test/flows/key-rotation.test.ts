import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Clock } from '../support/clock'
import { JWT_SECRET, OTHER_JWT_SECRET, type Service, startService } from '../support/service'
import { temporaryDatabase } from '../support/temporary'

type Secrets = readonly [signing: string, other?: string | undefined]

const document = readFileSync(join(__dirname, '../../docs/key-rotation.md'), 'utf8')
const secretOf: Record<string, string> = { 旧: JWT_SECRET, 新: OTHER_JWT_SECRET }

/** What the document tells operators to set on every instance, one after the other. */
const STEPS = [...document.matchAll(/^\| \d \| (\S+) \| (\S+) \|/gm)].map(
  ([, signing = '', other = '']): Secrets =>
    other === '–' ? [String(secretOf[signing])] : [String(secretOf[signing]), secretOf[other]],
)

test('the document takes every instance from the old secret alone to the new one alone', () => {
  expect(STEPS).toHaveLength(4)
  expect([STEPS[0], STEPS[3]]).toEqual([[JWT_SECRET], [OTHER_JWT_SECRET]])
})

/** One for each test: the way back from the last step to the first is no rotation. */
let database: ReturnType<typeof temporaryDatabase>
const clock = new Clock()
const running: Service[] = []
beforeEach(() => {
  database = temporaryDatabase()
})
afterEach(async () => {
  for (const service of running.splice(0).reverse()) await service.close()
  database.remove()
})

async function instance([jwtSecret, jwtSecretPrevious]: Secrets): Promise<Service> {
  const service = await startService({
    host: 'Express 5, mounted',
    database: database.url,
    clock,
    ...{ jwtSecret, jwtSecretPrevious },
    ...(running[0] && { simulator: running[0].simulator }),
    // Only a test shows it to anybody.
    routes: (app, { required }) =>
      app.get('/key', required, (req, res) => res.json({ key: req.login.sessionKey() })),
  })
  running.push(service)
  return service
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

async function refresh(service: Service, token: string): Promise<string> {
  const { body } = await service.http.post('/api/v1/refresh').set(bearer(token)).expect(200)
  return body.token
}

async function sessionKey(service: Service, token: string): Promise<string> {
  return (await service.http.get('/key').set(bearer(token)).expect(200)).body.key
}

describe.each([0, 1, 2])('while instances are at step %i and at the next one', step => {
  test('each takes the tokens of the other, opens its sessions, and may renew them to and fro', async () => {
    const before = await instance(STEPS[step] as Secrets)
    const after = await instance(STEPS[step + 1] as Secrets)
    // The last step comes when every token has been renewed: nothing of the old key is left.
    const isLast = step === 2
    const oldest = await before.logIn(`user-${step}`)
    const { sessionKey: key } = before.simulator.user(`user-${step}`)
    let { token } = isLast ? { token: await refresh(before, oldest.token) } : oldest
    for (const service of [after, before, after, before]) {
      expect(await sessionKey(service, token)).toBe(key)
      token = await refresh(service, token)
      for (const reader of [before, after]) expect(await sessionKey(reader, token)).toBe(key)
    }
    const { token: newer } = await after.logIn(`user-${step}`)
    expect(await refresh(before, newer)).toEqual(expect.any(String))
  })
})

test('a session goes through all steps, renewed once at each', async () => {
  const first = await instance(STEPS[0] as Secrets)
  let { token } = await first.logIn('traveller')
  const { sessionKey: key } = first.simulator.user('traveller')
  for (const secrets of STEPS) {
    const service = await instance(secrets)
    token = await refresh(service, token)
    expect(await sessionKey(service, token)).toBe(key)
  }
})

test('signing with a key at once, that another instance has not got yet, would log people out there', async () => {
  const before = await instance([JWT_SECRET])
  const after = await instance([OTHER_JWT_SECRET, JWT_SECRET])
  const { token } = await after.logIn()
  const { body } = await before.http.get('/api/v1/me').set(bearer(token)).expect(401)
  expect(body.error).toBe('token_invalid')
})

test('a life of a token after the swap nothing of the old key is in use: what is lost is expired', async () => {
  const swapped = await instance(STEPS[2] as Secrets)
  const before = await instance(STEPS[1] as Secrets)
  const { token: old } = await before.logIn('sleeper')
  const { token: kept } = await before.logIn('keeper')
  clock.advance(7199)
  const renewed = await refresh(swapped, kept)
  const dropped = await instance(STEPS[3] as Secrets)
  clock.advance(1)
  const { body } = await swapped.http.get('/api/v1/me').set(bearer(old)).expect(401)
  expect(body.error).toBe('token_expired')
  expect(await refresh(dropped, renewed)).toEqual(expect.any(String))
})
