import { setImmediate as nextTurn } from 'node:timers/promises'
import { LoginError } from '../../src/errors'
import { createAuthenticate } from '../../src/login/authenticate'
import { createCodeLogin } from '../../src/login/login'
import { createTokenIssuer } from '../../src/login/token-issuer'
import { createTurns } from '../../src/login/turns'
import { createMemoryStore } from '../../src/store/memory'
import { createJwt } from '../../src/token/jwt'
import { createKeyRing } from '../../src/token/keys'
import { Clock } from '../support/clock'
import { JWT_SECRET } from '../support/service'

const APPID = 'wx0000000000000000'
const { now } = new Clock()
const keys = createKeyRing(JWT_SECRET)
const jwt = createJwt({ keys, audience: [APPID], maxTtlSeconds: 3600, now })
const issueToken = createTokenIssuer({ jwt, tokenTtlSeconds: 3600, now })

afterEach(() => {
  jest.restoreAllMocks()
})

/** The parts of a service that log in and check, with a WeChat that answers at once or when told. */
function startParts(untilAnswered: () => Promise<unknown> = async () => undefined) {
  const store = createMemoryStore()
  const turns = createTurns()
  const exchanged: string[] = []
  const { login } = createCodeLogin({
    appids: new Set([APPID]),
    defaultAppid: APPID,
    async exchangeCode(_appid, code) {
      exchanged.push(code)
      await untilAnswered()
      return { openid: `openid-of-${code}`, sessionKey: 'AAAAAAAAAAAAAAAAAAAAAA==' }
    },
    store,
    keys,
    issueToken,
    sessionTtlSeconds: 3600,
    exchangeTimeoutMs: 1000,
    turns,
    now,
  })
  return { login, authenticate: createAuthenticate({ jwt, store, turns, now }), exchanged }
}
const codes = (count: number) => Array.from({ length: count }, (_, index) => `code-${index}`)

test('of logins that come together while tokens are checked, one is finished before the next sets out', async () => {
  jest.spyOn(performance, 'now').mockReturnValue(0)
  const { login, authenticate, exchanged } = startParts()
  const { token } = await login({ code: 'first' })
  await authenticate(token)
  const answered: string[] = []
  const logins = codes(7).map(async code => {
    await login({ code })
    answered.push(code)
  })
  // To set out, and behind the claim, WeChat and the commit.
  const seen: number[][] = []
  for (let turn = 0; turn < 6; turn++) {
    seen.push([exchanged.length - 1, answered.length])
    await nextTurn()
  }
  expect(seen).toEqual([
    [0, 0],
    [0, 0],
    [1, 0],
    [1, 0],
    [1, 1],
    [1, 1],
  ])
  await Promise.all(logins)
  expect(answered).toEqual(codes(7))
})

test('logins that come together while nobody checks set out together', async () => {
  const { login, exchanged } = startParts()
  const logins = codes(20).map(code => login({ code }))
  await nextTurn()
  expect(exchanged).toEqual(codes(20))
  await Promise.all(logins)
})

test('logins that WeChat fails together while tokens are checked are answered one in a turn', async () => {
  jest.spyOn(performance, 'now').mockReturnValue(0)
  let fail: (error: LoginError) => void = () => {}
  let isDown = false
  const outage = new Promise((_, reject) => {
    fail = reject
  })
  const { login, authenticate } = startParts(async () => isDown && outage)
  const { token } = await login({ code: 'first' })
  isDown = true
  const failed: unknown[] = []
  const logins = codes(4).map(code => login({ code }).catch(({ code }) => failed.push(code)))
  await nextTurn()
  await authenticate(token)
  fail(new LoginError('wechat_timeout'))
  const perTurn: number[] = []
  for (let turn = 0; turn < 4; turn++) {
    const before = failed.length
    await nextTurn()
    perTurn.push(failed.length - before)
  }
  await Promise.all(logins)
  expect(perTurn.filter(answered => answered > 1)).toEqual([])
  expect(failed).toEqual(Array(4).fill('wechat_timeout'))
})
