import fc from 'fast-check'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { Clock } from '../support/clock'
import { codePoint } from '../support/code-point'
import { seeded } from '../support/property'
import { startBytes } from './bytes'
import { createRecorder } from './recorder'
import { closeAll, startWx } from './start-wx'

const { appid, secret } = SIMULATOR_APP
const asking = { appid, origin: {} }
const IDENTIFIER = /^[^\s\p{Cc}\p{Cs}]{1,512}$/u

let answer: Buffer
let exchangeCode: ReturnType<typeof startWx>['exchangeCode']

beforeAll(async () => {
  const { events, log } = createRecorder()
  const baseUrl = await startBytes(() => answer)
  const apps = new Map([[appid, [secret]]])
  exchangeCode = startWx({ baseUrl, apps, now: new Clock().now, events, log }).exchangeCode
})
afterAll(closeAll)

/** Whom an answer logs in, if anybody. */
async function loginBy(body: string | Buffer) {
  answer = Buffer.from(body)
  return exchangeCode('code', asking).catch(error => {
    expect(error.code).toMatch(/^(?:wechat_|code_|user_blocked|misconfigured)/)
    return undefined
  })
}

const openid = fc.oneof(fc.constant('oGood'), fc.jsonValue(), fc.string({ unit: codePoint }))
const errcode = fc.oneof(fc.constant(0), fc.constant('0'), fc.integer(), fc.jsonValue())

test('nothing but an openid and a session_key of the right kind is a login', async () => {
  const answers = fc.record({ openid, session_key: openid, unionid: openid }, { requiredKeys: [] })
  await fc.assert(
    fc.asyncProperty(answers, async given => {
      const isGood = (value: unknown) => typeof value === 'string' && IDENTIFIER.test(value)
      const user = await loginBy(JSON.stringify(given))
      expect(user !== undefined).toBe(isGood(given.openid) && isGood(given.session_key))
      if (user) expect(user.openid).toBe(given.openid)
    }),
    seeded(150),
  )
})

test('an errcode beside good fields is no login, unless it says that all is well', async () => {
  const good = { openid: 'oGood', session_key: 'AAAAAAAAAAAAAAAAAAAAAA==' }
  await fc.assert(
    fc.asyncProperty(errcode, async given => {
      const user = await loginBy(JSON.stringify({ ...good, errcode: given }))
      const saysWell = Object.is(given, 0) || Object.is(given, -0) || given === '0'
      expect([given, user !== undefined]).toEqual([given, saysWell])
    }),
    seeded(120),
  )
})

test('no bytes and no JSON that happen to come are a login', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map(each => Buffer.from(each))
  const json = fc.json().map(each => Buffer.from(each))
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, json), async each => {
      expect(await loginBy(each)).toBeUndefined()
    }),
    seeded(150),
  )
})
