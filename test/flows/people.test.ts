import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../../src/store/contract/store'
import { openStore } from '../../src/store/open'
import { BACKENDS, type Backend } from '../store/contract/backends'
import { createClient } from '../support/client'
import { type Gate, startGate } from '../support/gate'
import { quiet } from '../support/quiet'
import { type Service, startService } from '../support/service'

/** Stores that two instances share. */
const SHARED = Object.keys(BACKENDS).filter(kind => kind !== 'memory' && !kind.includes(','))

describe.each(SHARED)('people, on two instances (%s)', kind => {
  let backend: Backend
  let gate: Gate
  let a: Service
  let b: Service
  /** Looks at what rests. */
  let store: Store
  beforeAll(async () => {
    backend = (await BACKENDS[kind]?.()) as Backend
    const { url: database, redisUrl } = backend
    store = await openStore(database, { ...quiet, redisUrl })
    const settings = { database, redisUrl, sessionIdleSeconds: 1000, tokenTtlSeconds: 3600 }
    a = await startService(settings)
    gate = await startGate(a.simulator.url)
    const { simulator, clock } = a
    b = await startService({ ...settings, simulator, clock, wxApiBaseUrl: gate.url })
  })
  afterAll(async () => {
    await store.close()
    await b.close()
    await gate.close()
    await a.close()
    await backend.remove()
  })
  const me = async (service: Service, token: string) => {
    const { status, body } = await service.http.get('/me').set({ token })
    return status === 200 ? String(body.id) : `${status} ${body.error}`
  }

  test('a login that WeChat still answers while its user is disabled is 403 and no session', async () => {
    const { token } = await a.logIn('ann')
    const userId = await me(a, token)
    gate.hold(1000)
    const code = a.simulator.mintCode({ user: 'ann' })
    const late = b.http
      .post('/login')
      .send({ code })
      .then(answer => answer)
    await gate.whenHeld(1)
    expect(await a.login.users.disable(userId, 'spam')).toBe(true)
    gate.open()
    const { status, body } = await late
    expect([status, body.error, body.action]).toEqual([403, 'user_disabled', 'contact_admin'])
    const told = b.logLines.find(({ event }) => event === 'login.refused')
    expect(told?.fields).toMatchObject({ error: 'user_disabled', user: userId })
    expect(await a.login.users.sessions(userId)).toEqual([])
    expect(await me(b, token)).toBe('401 session_ended')
    const repeated = await a.http.post('/login').send({ code }).expect(403)
    expect(repeated.body.error).toBe('user_disabled')
    await a.login.users.enable(userId)
    expect(await me(b, (await a.logIn('ann')).token)).toBe(userId)
  })

  test('20 logins at the moment of a disable leave no session, whoever came first', async () => {
    const userId = await me(a, (await a.logIn('bob')).token)
    gate.hold(1000)
    const codes = Array.from({ length: 20 }, () => a.simulator.mintCode({ user: 'bob' }))
    const logins = codes.map(code =>
      b.http
        .post('/login')
        .send({ code })
        .then(each => each),
    )
    await gate.whenHeld(20)
    gate.open()
    const [answers] = await Promise.all([Promise.all(logins), a.login.users.disable(userId)])
    for (const { status } of answers) expect([200, 403]).toContain(status)
    expect(await b.login.users.sessions(userId)).toEqual([])
    for (const { body } of answers) {
      if (body.token) expect(await me(a, body.token)).toBe('401 session_ended')
    }
  })

  test('a session that is ended from the list is refused on the other instance at once', async () => {
    const tokens = [(await a.logIn('eve')).token]
    a.clock.advance(1)
    tokens.push((await b.logIn('eve')).token)
    const [older, newer] = tokens as [string, string]
    expect(await me(b, older)).toBe(await me(a, newer))
    const { body } = await a.http.get('/sessions').set({ token: newer }).expect(200)
    const { id } = body.sessions[1]
    await a.http.delete(`/sessions/${id}`).set({ token: newer }).expect(200)
    expect(await me(b, older)).toBe('401 session_ended')
    expect(await me(b, newer)).not.toContain('401')
  })

  test('1000 checks change nothing, and the session ends for want of use all the same', async () => {
    const { token } = await a.logIn('dan')
    const userId = await me(a, token)
    const client = createClient(`http://127.0.0.1:${b.port}`)
    const check = async () => (await client.ask('GET', '/checklogin', { token })).body
    const before = await a.login.users.export(userId)
    a.clock.advance(999)
    for (let i = 0; i < 100; i++) {
      const found = await Promise.all(Array.from({ length: 10 }, check))
      expect(found.filter(each => each.is_login !== true)).toEqual([])
    }
    expect(await a.login.users.export(userId)).toEqual(before)
    a.clock.advance(1)
    expect(await check()).toMatchObject({ is_login: false, reason: 'session_ended' })
    expect(await me(a, token)).toBe('401 session_ended')
    expect(await a.login.users.sessions(userId)).toEqual([])
    client.close()
  })

  test('a session that is used outlives the idle time, on both instances', async () => {
    const { token } = await a.logIn('fay')
    const userId = await me(a, token)
    for (const service of [a, b, a]) {
      a.clock.advance(899)
      expect(await me(service, token)).toBe(userId)
      // The note is on its way, and nobody waits for it.
      const isNoted = async () => (await store.sessions.list(userId, 0))[0]?.lastUsedAt
      while ((await isNoted()) !== a.clock.now()) await sleep(5)
    }
  })
})
