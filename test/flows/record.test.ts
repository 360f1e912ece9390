import type supertest from 'supertest'
import { LoginError } from '../../src/errors'
import type { LogFields } from '../../src/log'
import { MAX_SESSIONS_PER_USER } from '../../src/store/contract/sessions'
import { isAuditLine, problemWithAuditLine } from '../support/audit-lines'
import { encrypt } from '../support/open-data'
import {
  HOSTS,
  type Host,
  INTERNAL_TOKEN,
  OTHER_APP,
  type Service,
  startService,
} from '../support/service'

const FORGED = 'e30.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const PHONE_API = '/wxa/business/getuserphonenumber'

let service: Service
const post = (path: string) => service.http.post(`${service.prefix}${path}`)
const get = (path: string) => service.http.get(`${service.prefix}${path}`)
const login = (body: object) => post('/login').send(body)
const code = (user = 'alice') => service.simulator.mintCode({ user })
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

/** What one request decided: the names of its events, and their fields. */
async function told(request: supertest.Test) {
  const before = service.logLines.length
  const answer = await request.ok(() => true)
  const lines = service.logLines.slice(before).filter(isAuditLine)
  expect(lines.flatMap(line => problemWithAuditLine(line) ?? [])).toEqual([])
  for (const { fields } of lines) {
    expect(fields.request_id).toBe(answer.headers['x-request-id'])
    expect(fields.ip).toBe('127.0.0.1')
  }
  return { answer, names: lines.map(({ event }) => event), fields: lines.map(({ fields: f }) => f) }
}

interface Case {
  readonly what: string
  /** What has to be there first. Its own events are not counted. Gives a code or a token. */
  readonly given?: () => Promise<string>
  readonly ask: (given: string) => supertest.Test
  /** Exactly these events, in this order. */
  readonly events: readonly string[]
  /** What the last of them says. */
  readonly says?: LogFields
}

/** Somebody is logged in, and shows the token. */
const loggedIn = (user = 'alice') => ({ given: async () => (await service.logIn(user)).token })

const LOGINS: readonly Case[] = [
  { what: 'a login', ask: () => login({ code: code() }), events: ['login.succeeded'] },
  {
    what: 'a login by an alias',
    ask: () => get(`/auth?code=${code()}`),
    events: ['login.succeeded'],
  },
  {
    what: 'a code that WeChat does not know',
    ask: () => login({ code: 'z'.repeat(32) }),
    events: ['wechat.refused', 'login.refused'],
    says: { error: 'code_invalid', wx_errcode: 40029, wx_rid: expect.any(String) as never },
  },
  {
    what: 'a code that was used',
    async given() {
      const used = code()
      await login({ code: used }).expect(200)
      return used
    },
    ask: used => login({ code: used }),
    events: ['login.refused'],
    says: { error: 'code_used', is_repeat: true },
  },
  {
    what: 'a code that is repeated by its Idempotency-Key',
    async given() {
      const once = code()
      await login({ code: once }).set('Idempotency-Key', 'key-of-mine').expect(200)
      return once
    },
    ask: once => login({ code: once }).set('Idempotency-Key', 'key-of-mine'),
    events: ['login.succeeded'],
    says: { is_repeat: true },
  },
  {
    what: 'an app that is not ours',
    ask: () => login({ code: code(), appid: 'wx9999999999999999' }),
    events: ['login.refused'],
    says: { error: 'unknown_appid' },
  },
  {
    what: 'a user whom WeChat has blocked',
    ask() {
      service.simulator.blockUser('mallory')
      return login({ code: code('mallory') })
    },
    events: ['wechat.refused', 'login.refused'],
    says: { error: 'user_blocked' },
  },
  {
    what: 'a WeChat that answers nonsense',
    ask() {
      service.simulator.fail({ transport: 'html502' })
      return login({ code: code() })
    },
    events: ['wechat.unreachable', 'login.failed'],
  },
  {
    what: 'one session too many',
    async given() {
      for (let i = 0; i < MAX_SESSIONS_PER_USER; i++) await service.logIn('many')
      return code('many')
    },
    ask: last => login({ code: last }),
    events: ['session.ended', 'login.succeeded'],
  },
]

const TOKENS: readonly Case[] = [
  ...(['/checklogin', '/me', '/verify'] as const).map(path => ({
    what: `a forged token at ${path}`,
    ask: () => get(path).set(bearer(FORGED)),
    events: ['token.refused'],
    says: { error: 'token_invalid' },
  })),
  {
    what: 'a forged token in the query of /checklogin',
    ask: () => get(`/checklogin?token=${FORGED}`),
    events: ['token.refused'],
  },
  {
    what: 'two tokens at /checklogin',
    ask: () => get(`/checklogin?token=${FORGED}&token=${FORGED}`),
    events: ['token.refused'],
  },
  {
    what: 'a forged token at /isAuth',
    ask: () => post('/isAuth').send({ token: FORGED }),
    events: ['token.refused'],
  },
  {
    what: 'a token that expired',
    ...loggedIn(),
    ask(token) {
      service.clock.advance(7200)
      return get('/me').set(bearer(token))
    },
    events: ['token.refused'],
    says: { error: 'token_expired', user: expect.any(String) as never },
  },
  {
    what: 'a log-out',
    ...loggedIn('bob'),
    ask: token => post('/logout').set(bearer(token)).send({}),
    events: ['session.ended'],
    says: { reason: 'logout' },
  },
  {
    what: 'a log-out of two sessions',
    async given() {
      await service.logIn('carol')
      return loggedIn('carol').given()
    },
    ask: token => post('/logout').set(bearer(token)).send({ all: true }),
    events: ['session.ended', 'session.ended'],
    says: { reason: 'logout' },
  },
  {
    what: 'a token of a session that ended',
    async given() {
      const { token } = await service.logIn('dave')
      await post('/logout').set(bearer(token)).send({}).expect(200)
      return token
    },
    ask: token => get('/me').set(bearer(token)),
    events: ['token.refused'],
    says: { error: 'session_ended', reason: 'logout', user: expect.any(String) as never },
  },
]

const OTHERS: readonly Case[] = [
  {
    what: 'a phone number',
    ...loggedIn(),
    ask(token) {
      const phoneCode = service.simulator.mintPhoneCode({ phoneNumber: '13812345678' })
      return post('/phone').set(bearer(token)).send({ code: phoneCode })
    },
    events: ['phone.shared'],
  },
  {
    what: 'a phone code that WeChat refuses',
    ...loggedIn(),
    ask: token =>
      post('/phone')
        .set(bearer(token))
        .send({ code: 'p'.repeat(64) }),
    events: ['wechat.refused', 'phone.shared'],
    says: { outcome: 'refused' },
  },
  {
    what: 'a phone number that WeChat does not give now',
    ...loggedIn(),
    ask(token) {
      service.simulator.fail({ transport: 'html502' }, { path: PHONE_API })
      return post('/phone')
        .set(bearer(token))
        .send({ code: 'q'.repeat(64) })
    },
    events: ['wechat.unreachable', 'phone.shared'],
    says: { outcome: 'failed' },
  },
  {
    what: 'encrypted data that no key opens',
    ...loggedIn(),
    ask(token) {
      const foreign = encrypt(Buffer.alloc(16, 7).toString('base64'), { a: 1 })
      return post('/decrypt').set(bearer(token)).send(foreign)
    },
    events: ['data.opened'],
    says: { outcome: 'refused' },
  },
  {
    what: 'an access_token for a sister service',
    ask: () =>
      get(`/internal/access-token?appid=${OTHER_APP.appid}`).set(
        'X-Internal-Token',
        INTERNAL_TOKEN,
      ),
    events: ['access_token.given'],
    says: { outcome: 'success', duration_ms: expect.any(Number) as never },
  },
  {
    what: 'an access_token for a stranger',
    ask: () => get('/internal/access-token').set('X-Internal-Token', 'guess'),
    events: ['access_token.given'],
    says: { outcome: 'refused' },
  },
]

const CASES = [...LOGINS, ...TOKENS, ...OTHERS]

/** Nobody is said to be anybody, or what was said before is said again. */
const SILENT: readonly Omit<Case, 'events'>[] = [
  { what: 'no token', ask: () => get('/me') },
  { what: 'no token at /checklogin', ask: () => get('/checklogin') },
  { what: 'a token that holds', ...loggedIn(), ask: token => get('/me').set(bearer(token)) },
  { what: 'it at /checklogin', ...loggedIn(), ask: token => get(`/checklogin?token=${token}`) },
  { what: 'it at /isAuth', ...loggedIn(), ask: token => post('/isAuth').send({ token }) },
  { what: 'a renewal', ...loggedIn(), ask: token => post('/refresh').set(bearer(token)) },
  { what: 'a probe', ask: () => get('/readyz') },
  { what: 'no code', ask: () => login({}) },
]

describe.each(HOSTS)('every decision is told once (%s)', (host: Host) => {
  beforeAll(async () => {
    service = await startService({ host })
  })
  afterAll(() => service.close())
  beforeEach(() => service.simulator.reset())

  test.each(CASES)('$what', async ({ given, ask, events, says }) => {
    const there = await given?.()
    const { names, fields } = await told(ask(there ?? ''))
    expect(names).toEqual(events)
    if (says) expect(fields.at(-1)).toMatchObject(says)
  })

  test.each(SILENT)('and nothing is told of $what', async ({ given, ask }) => {
    const there = await given?.()
    expect((await told(ask(there ?? ''))).names).toEqual([])
  })

  test('callers who share an answer are one login', async () => {
    service.simulator.fail({ late: 150 })
    const shared = code('erin')
    const before = service.logLines.length
    await Promise.all(Array.from({ length: 4 }, () => login({ code: shared }).expect(200)))
    const lines = service.logLines.slice(before).filter(isAuditLine)
    expect(lines.map(({ event }) => event)).toEqual(['login.succeeded'])
    expect(lines[0]?.fields).toMatchObject({ sharers: 3 })
  })

  test('two log-outs of one session at once end it once', async () => {
    const { token } = await service.logIn('frank')
    const before = service.logLines.length
    const leave = () =>
      post('/logout')
        .set(bearer(token))
        .send({})
        .ok(() => true)
    await Promise.all([leave(), leave(), leave()])
    const ends = service.logLines.slice(before).filter(({ event }) => event === 'session.ended')
    expect(ends).toHaveLength(1)
  })
})

test('a line that is not as it should be is found', () => {
  const right = { level: 'info', event: 'session.ended' }
  const fields = {
    outcome: 'success',
    reason: 'logout',
    user: 'u'.repeat(22),
    session: 's'.repeat(8),
  }
  expect(problemWithAuditLine({ ...right, fields })).toBeUndefined()
  expect(problemWithAuditLine({ ...right, event: 'request', fields: {} })).toBeUndefined()
  const openid = 'oSIM0000000000000000000000ab'
  for (const change of [
    { reason: 'tired' },
    { user: openid },
    { session: 's'.repeat(32) },
    { openid },
  ]) {
    expect(problemWithAuditLine({ ...right, fields: { ...fields, ...change } })).toBeDefined()
  }
  const ended = { ...fields, outcome: 'refused', error: new LoginError('session_ended').code }
  const refused = { level: 'info', event: 'token.refused' }
  expect(problemWithAuditLine({ ...refused, fields: ended })).toBeUndefined()
  for (const change of [{ reason: undefined }, { user: undefined }, { reason: 'because' }]) {
    expect(problemWithAuditLine({ ...refused, fields: { ...ended, ...change } })).toBeDefined()
  }
})
