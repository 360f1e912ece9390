import { MAX_SESSIONS_PER_USER } from '../../src/store/contract/sessions'
import { available, startRedis } from '../support/databases'
import { type Service, startService } from '../support/service'
import { temporaryDatabase } from '../support/temporary'

interface Backend {
  readonly database: string
  readonly redisUrl?: string
  remove(): unknown
}

const BACKENDS: Record<string, () => Backend | Promise<Backend>> = {
  memory: () => ({ database: 'memory:', remove() {} }),
  SQLite() {
    const { url: database, remove } = temporaryDatabase()
    return { database, remove }
  },
  ...(available('redis') && {
    async Redis() {
      const redis = await startRedis()
      return { database: 'memory:', redisUrl: redis.url, remove: () => redis.remove() }
    },
  }),
}

const TOKEN_SECONDS = 600

describe.each(Object.keys(BACKENDS))('why a session ended (%s)', kind => {
  let backend: Backend
  let service: Service
  beforeAll(async () => {
    backend = (await BACKENDS[kind]?.()) as Backend
    service = await startOn(backend)
  })
  afterAll(async () => {
    await service.close()
    await backend.remove()
  })
  beforeEach(() => {
    service.logLines.length = 0
  })

  const claimsOf = (token: string): { sub: string; sid: string } =>
    JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString())
  const check = (token: string) =>
    service.http.get(`${service.prefix}/checklogin`).set('Authorization', `Bearer ${token}`)
  const logout = (token: string, body: object = {}) =>
    service.http.post(`${service.prefix}/logout`).set('token', token).send(body).expect(200)
  const lines = (event: string) =>
    service.logLines.filter(line => line.event === event).map(({ fields }) => fields)

  /** Shows a token that must not hold, and gives the line that this leaves. */
  async function refusalOf(token: string) {
    const before = lines('token.refused').length
    const { body, headers } = await check(token).expect(200)
    expect(body).toMatchObject({ is_login: false, reason: 'session_ended' })
    const told = lines('token.refused').slice(before)
    expect(told).toMatchObject([{ outcome: 'refused', request_id: headers['x-request-id'] }])
    return told[0]
  }

  test('a log-out is told once, and a token that is shown after it says logout', async () => {
    const { token } = await service.logIn('ann')
    const { sub, sid } = claimsOf(token)
    const { headers } = await logout(token)
    expect(lines('session.ended')).toMatchObject([
      {
        ...{ outcome: 'success', reason: 'logout', user: sub, session: sid.slice(0, 8) },
        request_id: headers['x-request-id'],
      },
    ])
    expect(await refusalOf(token)).toMatchObject({
      ...{ error: 'session_ended', reason: 'logout', user: sub, session: sid.slice(0, 8) },
    })
  })

  test('a log-out everywhere is told once for each session, and each token says logout', async () => {
    const tokens: string[] = []
    for (let i = 0; i < 3; i++) tokens.push((await service.logIn('bob')).token)
    await logout(String(tokens[0]), { all: true })
    const told = lines('session.ended').map(({ session }) => session)
    expect(told.sort()).toEqual(tokens.map(token => claimsOf(token).sid.slice(0, 8)).sort())
    for (const token of tokens) expect(await refusalOf(token)).toMatchObject({ reason: 'logout' })
  })

  test('a session that one login too many pushed out is told, and its token says evicted', async () => {
    const { token } = await service.logIn('cat')
    for (let i = 0; i < MAX_SESSIONS_PER_USER; i++) {
      service.clock.advance(1)
      await service.logIn('cat')
    }
    const { sub, sid } = claimsOf(token)
    expect(lines('session.ended')).toMatchObject([
      { reason: 'evicted', user: sub, session: sid.slice(0, 8) },
    ])
    expect(await refusalOf(token)).toMatchObject({ reason: 'evicted', user: sub })
  })

  test('what nobody ended has an unknown end', async () => {
    const { token } = await service.logIn('dan')
    const { sub, sid } = claimsOf(token)
    // A store that has lost everything, as one that was restored from an old backup.
    const empty = (await BACKENDS[kind]?.()) as Backend
    const lossy = await startOn(empty, service)
    try {
      const { body } = await lossy.http.get(`${lossy.prefix}/checklogin?token=${token}`)
      expect(body).toMatchObject({ is_login: false, reason: 'session_ended' })
      const told = lossy.logLines.filter(({ event }) => event === 'token.refused')
      expect(told.map(({ fields }) => fields)).toMatchObject([
        { reason: 'unknown', user: sub, session: sid.slice(0, 8) },
      ])
    } finally {
      await lossy.close()
      await empty.remove()
    }
  })
})

/** A mounted service on this backend; with the WeChat and the clock of another service, if given. */
function startOn({ database, redisUrl }: Backend, other?: Service): Promise<Service> {
  return startService({
    ...{ host: 'Express 5, mounted', tokenTtlSeconds: TOKEN_SECONDS, database },
    ...(redisUrl !== undefined && { redisUrl }),
    ...(other && { simulator: other.simulator, clock: other.clock }),
  })
}
