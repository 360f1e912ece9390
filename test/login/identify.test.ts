import { LoginError } from '../../src/errors'
import { createLogout } from '../../src/login/logout'
import type { Session } from '../../src/store/contract/sessions'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { createSigningKeys } from '../../src/token/signing-keys'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'
import { signed } from '../token/forge'
import {
  APPID,
  failing,
  ORIGIN,
  OTHER_APPID,
  SESSION_KEY,
  SESSION_TTL_SECONDS,
  startParts,
  TOKEN_TTL_SECONDS,
} from './parts'

/** Parts, and a token that they have just issued. */
async function logIn(options: Parameters<typeof startParts>[0] = {}) {
  const parts = startParts(options)
  const { token, userId, sessionId } = await parts.login({ code: 'alice' }, ORIGIN)
  parts.told.length = 0
  const show = (shown: string | undefined, appid?: string) =>
    parts.identify({ token: shown }, { appid, origin: ORIGIN })
  const whose = { appid: APPID, userId, sessionId }
  return { ...parts, token, show, whose }
}
const anonymous = { appid: undefined, userId: undefined, sessionId: undefined }

test('a token that holds says who asks, and tells nothing', async () => {
  const { show, token, told, whose } = await logIn()
  const { claims, session, sessionKey } = await show(token)
  expect(claims).toMatchObject({ aud: APPID, sub: whose.userId, sid: whose.sessionId })
  expect(session).toMatchObject({ id: whose.sessionId, openid: 'openid-of-alice' })
  expect(sessionKey()).toBe(SESSION_KEY)
  expect(told).toEqual([])
})

test.each([undefined, ''])(
  'who shows no token (%j) is asked for one, and nothing is told',
  async shown => {
    const { show, told } = await logIn()
    await expect(show(shown)).rejects.toMatchObject({ code: 'token_missing' })
    expect(told).toEqual([])
  },
)

test('a forged token is told once, and names nobody', async () => {
  const { show, token, heard } = await logIn()
  await expect(show(`${token.slice(0, -4)}AAAA`)).rejects.toMatchObject({ code: 'token_invalid' })
  expect(heard('token.refused')).toEqual([
    {
      ...{ type: 'token.refused', error: 'token_invalid', ...anonymous, ...ORIGIN },
      durationMs: expect.any(Number),
    },
  ])
})

test('the claims of a forged token are not believed, not even for the log', async () => {
  const { show, heard } = await logIn()
  const { kid } = createSigningKeys(JWT_SECRET).current
  const claims = { iss: 'miniprogram-login', aud: APPID, sub: 'victim', sid: 's', enc: 'e' }
  const forged = signed(
    { alg: 'HS256', typ: 'mpl+jwt', kid },
    { ...claims, iat: 1, exp: 2 },
    'wrong',
  )
  await expect(show(forged)).rejects.toMatchObject({ code: 'token_invalid' })
  const [refused] = heard('token.refused')
  expect(refused).toMatchObject(anonymous)
  expect(JSON.stringify(refused)).not.toContain('victim')
})

test('an expired token is refused before the store is asked, and told with its user', async () => {
  const { show, token, clock, heard, whose } = await logIn()
  clock.advance(TOKEN_TTL_SECONDS)
  await expect(show(token)).rejects.toMatchObject({ code: 'token_expired' })
  expect(heard('token.refused')).toMatchObject([{ error: 'token_expired', ...whose }])
})

test('a token of another mini program is refused like a forged one, and told with its user', async () => {
  const { show, token, heard, whose } = await logIn()
  await expect(show(token, OTHER_APPID)).rejects.toMatchObject({ code: 'token_invalid' })
  expect(heard('token.refused')).toMatchObject([{ error: 'token_invalid', ...whose }])
  await expect(show(token, APPID)).resolves.toBeDefined()
})

test('a session that was logged out is refused with that reason; one that is lost with unknown', async () => {
  const { show, token, store, ends, heard, whose } = await logIn()
  const logout = createLogout({ store, ends })
  await logout({ id: whose.sessionId, ...whose } as unknown as Session, { all: false }, ORIGIN)
  await expect(show(token)).rejects.toMatchObject({ code: 'session_ended', reason: 'logout' })
  expect(heard('token.refused')).toMatchObject([{ reason: 'logout', ...whose }])

  const lost = await logIn()
  await lost.store.sessions.endAll(lost.whose.userId)
  await expect(lost.show(lost.token)).rejects.toMatchObject({ reason: 'unknown' })
})

test('a session past its end is refused, and its end is told once', async () => {
  const { show, jwt, clock, store, heard, whose } = await logIn()
  const session = (await store.sessions.find({ id: whose.sessionId, ...whose })) as Session
  clock.advance(SESSION_TTL_SECONDS)
  // Our own tokens end with their session. This one runs on.
  const iat = Math.floor(clock.ms / 1000)
  const { appid: aud, userId: sub, id: sid, sealed: enc } = session
  const longer = jwt.sign({ aud, sub, sid, enc, iat, exp: iat + 60 })
  for (let i = 0; i < 2; i++) {
    await expect(show(longer)).rejects.toMatchObject({ code: 'session_ended', reason: 'expired' })
  }
  expect(heard('token.refused').map(({ reason }) => reason)).toEqual(['expired', 'expired'])
})

test('a store that cannot be asked is no refusal by us, and is told as such', async () => {
  const store = createMemoryStore()
  const down = () => Promise.reject(new LoginError('store_unavailable', { reason: 'timeout' }))
  const parts = await logIn({ store })
  const broken = startParts({
    store: { ...store, sessions: failing(store.sessions, { find: down }) },
  })
  const shown = broken.identify({ token: parts.token }, { origin: ORIGIN })
  await expect(shown).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(broken.heard('token.refused')).toMatchObject([
    { error: 'store_unavailable', reason: 'timeout', ...parts.whose },
  ])
})

test('a session of another app than its token says is refused: rows alone prove nothing', async () => {
  const { show, jwt, secrets, clock, heard, whose } = await logIn()
  const iat = Math.floor(clock.ms / 1000)
  const { userId: sub, sessionId: sid } = whose
  const moved = { id: sid, userId: sub, appid: OTHER_APPID }
  const enc = secrets.seal({ openid: 'openid-of-alice' }, moved)
  const token = jwt.sign({ aud: OTHER_APPID, sub, sid, enc, iat, exp: iat + 60 })
  const ended = { code: 'session_ended', reason: 'row_disagrees' }
  await expect(show(token)).rejects.toMatchObject(ended)
  expect(heard('token.refused')).toMatchObject([
    { error: 'session_ended', reason: 'row_disagrees' },
  ])
})

test('a token whose sealing secret is gone is refused: nobody can say whose it is', async () => {
  const store = createMemoryStore()
  const sealing = await logIn({ store })
  const rotated = startParts({ store, signingKeys: createSigningKeys(OTHER_JWT_SECRET) })
  const { sessionId: id, userId } = sealing.whose
  const session = (await store.sessions.find({ id, userId })) as Session
  const { token } = rotated.issueToken(session)
  const shown = rotated.identify({ token }, { origin: ORIGIN })
  await expect(shown).rejects.toMatchObject({ code: 'session_ended' })
  expect(rotated.heard('token.refused')).toMatchObject([
    { error: 'session_ended', reason: 'sealing_key_gone', ...sealing.whose, ...ORIGIN },
  ])
})

describe('every refusal of a token is counted', () => {
  async function counting(answer: () => LoginError | undefined = () => undefined) {
    const countRefusedToken = jest.fn(answer)
    return { ...(await logIn({ countRefusedToken })), countRefusedToken }
  }
  const { ip } = ORIGIN

  test('a forged one against the address, a signed one with its session too', async () => {
    const { show, token, clock, whose, countRefusedToken } = await counting()
    await expect(show(`${token.slice(0, -4)}AAAA`)).rejects.toMatchObject({ code: 'token_invalid' })
    expect(countRefusedToken).toHaveBeenLastCalledWith({ ip, sessionId: undefined })
    clock.advance(TOKEN_TTL_SECONDS)
    await expect(show(token)).rejects.toMatchObject({ code: 'token_expired' })
    expect(countRefusedToken).toHaveBeenLastCalledWith({ ip, sessionId: whose.sessionId })
  })

  test('after too many the answer is the limit’s, and that is told', async () => {
    const tooMany = new LoginError('rate_limited', { retryAfter: 9, reason: 'token' })
    const { show, heard } = await counting(() => tooMany)
    await expect(show('x.y.z')).rejects.toBe(tooMany)
    expect(heard('token.refused')).toMatchObject([{ error: 'rate_limited', reason: 'token' }])
  })

  test('a token that holds is not counted, and passes though there were too many', async () => {
    const { show, token, countRefusedToken } = await counting(() => new LoginError('rate_limited'))
    await expect(show(token)).resolves.toBeDefined()
    expect(countRefusedToken).not.toHaveBeenCalled()
  })

  test.each([
    ['that is not believed', { cloudDoubt: 'cloud_env' }],
    ['of another app', { cloudUser: { appid: OTHER_APPID, openid: 'openid-of-bob' } }],
  ])('what the gateway’s headers say, %s, counts against the address', async (_, shown) => {
    const tooMany = new LoginError('rate_limited', { retryAfter: 9, reason: 'token' })
    const { identify, heard, countRefusedToken } = await counting(() => tooMany)
    const asked = identify({ token: undefined, ...shown }, { appid: APPID, origin: ORIGIN })
    await expect(asked).rejects.toBe(tooMany)
    expect(countRefusedToken.mock.calls).toEqual([[{ ip }]])
    expect(heard('token.refused')).toMatchObject([{ error: 'rate_limited', reason: 'token' }])
  })

  test('no token at all and a store that cannot be asked are no refusals', async () => {
    const { show, token, store, countRefusedToken } = await counting()
    await expect(show(undefined)).rejects.toMatchObject({ code: 'token_missing' })
    const down = () => Promise.reject(new LoginError('store_unavailable'))
    const broken = startParts({
      countRefusedToken,
      store: { ...store, sessions: failing(store.sessions, { find: down }) },
    })
    const shown = broken.identify({ token }, { origin: ORIGIN })
    await expect(shown).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(countRefusedToken).not.toHaveBeenCalled()
  })
})

describe('whom the gateway of Cloud Hosting names', () => {
  const ALICE = { appid: APPID, openid: 'openid-of-alice' }
  const BOB = { ...ALICE, openid: 'openid-of-bob' }

  async function start() {
    const parts = await logIn()
    const ask = (shown: object, appid?: string) =>
      parts.identify({ token: undefined, ...shown }, { appid, origin: ORIGIN })
    return { ...parts, ask }
  }

  test('needs no token, is the user of a code, and has no session_key', async () => {
    const { ask, whose } = await start()
    const { session, sessionKey } = await ask({ cloudUser: ALICE })
    expect(session).toMatchObject({ ...ALICE, userId: whose.userId })
    expect(session.id).not.toBe(whose.sessionId)
    expect(() => sessionKey()).toThrow(expect.objectContaining({ code: 'session_key_stale' }))
  })

  test('has one session, told once, however often the user asks', async () => {
    const { ask, told } = await start()
    const first = await ask({ cloudUser: ALICE })
    const second = await ask({ cloudUser: ALICE })
    expect(second.session.id).toBe(first.session.id)
    expect(told.map(({ type }) => type)).toEqual(['login.succeeded'])
  })

  test('has the unionid that WeChat names in this request', async () => {
    const { ask } = await start()
    await ask({ cloudUser: ALICE })
    const { session } = await ask({ cloudUser: { ...ALICE, unionid: 'union' } })
    expect(session.unionid).toBe('union')
  })

  test('gets another session once the first has ended', async () => {
    const { ask, users, heard } = await start()
    const { session } = await ask({ cloudUser: ALICE })
    await users.logOut(session.userId)
    const next = await ask({ cloudUser: ALICE })
    expect(next.session.userId).toBe(session.userId)
    expect(next.session.id).not.toBe(session.id)
    expect(heard('token.refused')).toEqual([])
  })

  test('is nobody to a guard of another app', async () => {
    const { ask, heard } = await start()
    const asked = ask({ cloudUser: ALICE }, OTHER_APPID)
    await expect(asked).rejects.toMatchObject({ code: 'token_invalid', reason: 'another_app' })
    expect(heard('token.refused')).toMatchObject([{ reason: 'another_app' }])
  })

  test('is refused once disabled, and is another user after an erasure', async () => {
    const { ask, users } = await start()
    const { session } = await ask({ cloudUser: ALICE })
    await users.disable(session.userId)
    await expect(ask({ cloudUser: ALICE })).rejects.toMatchObject({ code: 'user_disabled' })
    await users.enable(session.userId)
    await users.erase(session.userId)
    expect((await ask({ cloudUser: ALICE })).session.userId).not.toBe(session.userId)
  })

  test('and is not believed, is told as refused, and a token beside it counts all the same', async () => {
    const { ask, token, heard } = await start()
    const doubted = { cloudDoubt: 'cloud_env' }
    await expect(ask(doubted)).rejects.toMatchObject({ code: 'token_missing', reason: 'cloud_env' })
    expect(heard('token.refused')).toMatchObject([
      { error: 'token_missing', reason: 'cloud_env', ...anonymous, ...ORIGIN },
    ])
    await expect(ask({ ...doubted, token })).resolves.toBeDefined()
  })

  test('may show a token of the same person, which then counts', async () => {
    const { ask, token, whose } = await start()
    const { session } = await ask({ token, cloudUser: ALICE })
    expect(session.id).toBe(whose.sessionId)
  })

  test('may not show a token of another person: that is told, with the token’s user', async () => {
    const { ask, token, heard, whose } = await start()
    const refused = { code: 'token_invalid', reason: 'another_person' }
    await expect(ask({ token, cloudUser: BOB })).rejects.toMatchObject(refused)
    const elsewhere = { ...ALICE, appid: OTHER_APPID }
    await expect(ask({ token, cloudUser: elsewhere })).rejects.toMatchObject(refused)
    expect(heard('token.refused')).toMatchObject([{ reason: 'another_person', ...whose }, whose])
  })

  test('is not helped out of a token that does not hold', async () => {
    const { ask, token, clock } = await start()
    await expect(ask({ token: 'x.y.z', cloudUser: ALICE })).rejects.toMatchObject({
      code: 'token_invalid',
    })
    clock.advance(TOKEN_TTL_SECONDS)
    await expect(ask({ token, cloudUser: ALICE })).rejects.toMatchObject({ code: 'token_expired' })
  })
})
