import { createBeginSession } from '../../src/login/begin-session'
import { MAX_SESSIONS_PER_USER } from '../../src/store/contract/sessions'
import { digest } from '../../src/token/digest'
import { APPID, NO_HOOKS, ORIGIN, SESSION_KEY, SESSION_TTL_SECONDS, startParts } from './parts'

const parts = startParts()
const { clock, store, secrets, refs, bonds, ends, issueToken, jwt } = parts
const beginSession = createBeginSession({
  ...{ store, secrets, refs, bonds, ends, hooks: NO_HOOKS, issueToken },
  ...{ sessionTtlSeconds: SESSION_TTL_SECONDS, now: clock.now },
})
beforeEach(() => {
  parts.told.length = 0
})

let codes = 0
/** Claims a code and begins the session that it stands for. */
async function begin(openid: string, unionid?: string) {
  const codeHash = `code-${codes++}`
  const now = clock.ms
  await store.codes.claim({
    ...{ codeHash, owner: 'owner', idempotencyHash: null, now, expiresAt: now + 1000 },
  })
  const attempt = { code: 'c', appid: APPID, codeHash, idempotencyHash: null }
  const user = { openid, sessionKey: SESSION_KEY, ...(unionid !== undefined && { unionid }) }
  return beginSession({ attempt, owner: 'owner', user, origin: ORIGIN })
}

test('the session runs for its time and keeps its secrets sealed, and its token names it', async () => {
  const { sessionId, userId, token, isNewUser } = await begin('oAnn', 'uAnn')
  const session = await store.sessions.find({ id: sessionId, userId })
  expect(session).toMatchObject({
    ...{ appid: APPID, openid: 'oAnn', unionid: 'uAnn', sessionKeyHash: digest(SESSION_KEY) },
    ...{ createdAt: clock.ms, expiresAt: clock.ms + SESSION_TTL_SECONDS * 1000 },
  })
  expect(session?.sealed).not.toContain('oAnn')
  expect(session && secrets.tryOpen(session)).toEqual({
    ...{ openid: 'oAnn', sessionKey: SESSION_KEY, unionid: 'uAnn' },
  })
  expect(jwt.verify(token)).toMatchObject({ aud: APPID, sub: userId, sid: sessionId })
  expect(isNewUser).toBe(true)
})

test('an unknown unionid is no unionid, and takes none away', async () => {
  const first = await begin('oBob', 'uBob')
  const { sessionId, userId, isNewUser } = await begin('oBob')
  expect([userId, isNewUser]).toEqual([first.userId, false])
  const session = await store.sessions.find({ id: sessionId, userId })
  expect(session).toMatchObject({ unionid: 'uBob' })
})

test('a session id is 192 random bits: no two are alike', async () => {
  const ids = await Promise.all(Array.from({ length: 50 }, (_, i) => begin(`oMany${i}`)))
  for (const { sessionId } of ids) expect(sessionId).toMatch(/^[\w-]{32}$/)
  expect(new Set(ids.map(({ sessionId }) => sessionId)).size).toBe(50)
})

test('the oldest session goes when there are too many, is told, and its note says evicted', async () => {
  const all = []
  for (let i = 0; i < MAX_SESSIONS_PER_USER; i++) {
    all.push(await begin('oCat'))
    clock.advance(1)
  }
  expect(parts.told).toEqual([])
  await begin('oCat')
  const [oldest] = all
  expect(parts.heard('session.ended')).toEqual([
    {
      ...{ type: 'session.ended', reason: 'evicted', appid: APPID, ...ORIGIN },
      ...{ userId: oldest?.userId, sessionId: oldest?.sessionId },
    },
  ])
  expect(await ends.reasonOf(String(oldest?.sessionId))).toBe('evicted')
})
