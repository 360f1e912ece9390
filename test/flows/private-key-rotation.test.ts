import { sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Clock } from '../support/clock'
import { OTHER_PRIVATE_KEY, PRIVATE_KEY } from '../support/private-keys'
import { type Service, startService } from '../support/service'
import { temporaryDatabase } from '../support/temporary'

const document = readFileSync(join(__dirname, '../../docs/key-rotation.md'), 'utf8')
const PEMS: Record<string, string> = { 旧: PRIVATE_KEY, 新: OTHER_PRIVATE_KEY }

interface Step {
  readonly jwtPrivateKey?: string
  readonly jwtPrivateKeyPrevious?: string
}

/** The steps of a table whose rows begin with this word, as operators read them. */
const stepsOf = (kind: string): Step[] =>
  [...document.matchAll(new RegExp(`^\\| ${kind} \\d \\| (\\S+) \\| (\\S+) \\|`, 'gm'))].map(
    ([, own = '', other = '']) => ({
      ...(PEMS[own] && { jwtPrivateKey: PEMS[own] }),
      ...(PEMS[other] && { jwtPrivateKeyPrevious: PEMS[other] }),
    }),
  )
const ROTATION = stepsOf('轮换')
const SWITCH = stepsOf('启用')

test('the document has the switch to a private key, and the rotation of one', () => {
  const [old, newer] = [{ jwtPrivateKey: PRIVATE_KEY }, { jwtPrivateKey: OTHER_PRIVATE_KEY }]
  expect([SWITCH.length, SWITCH[0], SWITCH.at(-1)]).toEqual([3, {}, newer])
  expect([ROTATION.length, ROTATION[0], ROTATION.at(-1)]).toEqual([4, old, newer])
})

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

async function instance(step: Step | undefined): Promise<Service> {
  const simulator = running[0] && { simulator: running[0].simulator }
  const service = await startService({ database: database.url, clock, ...step, ...simulator })
  running.push(service)
  return service
}

const takes = async (service: Service, token: string) =>
  (await service.http.get('/me').set('token', token)).status === 200
const kidsOf = async (service: Service): Promise<string[]> => {
  const { body } = await service.http.get('/.well-known/jwks.json')
  return (body.keys ?? []).map(({ kid }: { kid: string }) => kid)
}
const headerOf = (token: string): { alg: string; kid: string } =>
  JSON.parse(Buffer.from(String(token.split('.')[0]), 'base64url').toString())

const pairs = [...SWITCH.keys()].slice(1).map(i => ['启用', i, SWITCH] as const)
const more = [...ROTATION.keys()].slice(1).map(i => ['轮换', i, ROTATION] as const)

test.each([...pairs, ...more])(
  'while instances are at step %s %i and at the one before, each takes the tokens of the other',
  async (_kind, i, steps) => {
    const [before, after] = [await instance(steps[i - 1]), await instance(steps[i])]
    const [older, newer] = [await before.logIn('a'), await after.logIn('b')]
    // The last step of a rotation comes when every token of the old key has ended.
    const isLast = steps === ROTATION && i === ROTATION.length - 1
    for (const service of [before, after]) {
      expect(await takes(service, newer.token)).toBe(true)
      if (!isLast) expect(await takes(service, older.token)).toBe(true)
    }
    const renewed = await after.http.post('/refresh').set('token', newer.token).expect(200)
    expect(await takes(before, renewed.body.token)).toBe(true)
  },
)

test.each([
  ['启用', SWITCH],
  ['轮换', ROTATION],
] as const)('%s: no key signs that was not published a step before', async (_kind, steps) => {
  for (const [i, step] of steps.entries()) {
    const service = await instance(step)
    const { alg, kid } = headerOf((await service.logIn()).token)
    if (alg === 'HS256' || i === 0) continue
    expect(await kidsOf(await instance(steps[i - 1]))).toContain(kid)
  }
})

test('who skips the first step has instances that refuse each other’s tokens', async () => {
  const [before, after] = [await instance({}), await instance(SWITCH.at(-1))]
  const { token } = await after.logIn()
  expect(await takes(before, token)).toBe(false)
  expect(await takes(after, (await before.logIn()).token)).toBe(true)
})

test('who has the private key alone becomes nobody else: the seal needs the secret', async () => {
  const service = await instance({ jwtPrivateKey: PRIVATE_KEY })
  const [mine, hers] = [(await service.logIn('a')).token, (await service.logIn('b')).token]
  const [head = '', own = ''] = mine.split('.')
  const read = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString())
  const { enc } = read(own)
  const signed = (payload: object) => {
    const input = `${head}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`
    const key = { key: PRIVATE_KEY, dsaEncoding: 'ieee-p1363' } as const
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
  }
  expect(await takes(service, signed(read(own)))).toBe(true)
  expect(await takes(service, signed({ ...read(hers.split('.')[1]), enc }))).toBe(false)
  expect(await takes(service, signed({ ...read(hers.split('.')[1]), enc: 'x.y' }))).toBe(false)
})

test('a life of a token after the switch no HS256 token is in use', async () => {
  const [before, after] = [await instance({}), await instance(SWITCH.at(-1))]
  const { token } = await before.logIn()
  const { body } = await after.http.post('/refresh').set('token', token).expect(200)
  expect(headerOf(body.token).alg).toBe('ES256')
  clock.advance(7200)
  await after.http.get('/me').set('token', token).expect(401)
})
