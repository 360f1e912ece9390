import { type Service, startService } from '../../support/service'

let service: Service
beforeEach(async () => {
  service = await startService()
})
afterEach(() => service.close())

const list = async (token: string) => {
  const { body } = await service.http.get('/sessions').set({ token }).expect(200)
  return body.sessions as { id: string; is_current: boolean; created_at: string }[]
}
const end = (token: string, id: string) => service.http.delete(`/sessions/${id}`).set({ token })

/** Three logins of one person, a second apart. */
async function logInThrice(): Promise<[string, string, string]> {
  const tokens: string[] = []
  for (let i = 0; i < 3; i++) {
    tokens.push((await service.logIn('ann')).token)
    service.clock.advance(1)
  }
  return tokens as [string, string, string]
}

test('a user sees the own sessions, the newest first, and which one is asking', async () => {
  const [, second] = await logInThrice()
  await service.logIn('bob')
  const { body } = await service.http.get('/sessions').set({ token: second }).expect(200)
  expect(body).toEqual({
    sessions: [
      ['2026-01-02T03:04:07.000Z', false],
      ['2026-01-02T03:04:06.000Z', true],
      ['2026-01-02T03:04:05.000Z', false],
    ].map(([created_at, is_current]) => ({
      id: expect.stringMatching(/^[\w-]{12}$/),
      is_current,
      created_at,
      expires_at: String(created_at).replace('2026-01-02', '2026-02-01'),
    })),
  })
})

test('the id of a session stays the same, is nobody else’s, and is no part of a token', async () => {
  const [first, second] = await logInThrice()
  const ids = (await list(first)).map(({ id }) => id)
  expect((await list(second)).map(({ id }) => id)).toEqual(ids)
  expect(new Set(ids).size).toBe(3)
  const claims = Buffer.from(String(first.split('.')[1]), 'base64url').toString()
  for (const id of ids) {
    expect(claims).not.toContain(id)
    await service.http.get('/me').set({ token: id }).expect(401)
  }
})

test('a session that its user ends is refused at its next request, and the others hold', async () => {
  const [first, second, third] = await logInThrice()
  const [, other] = await list(third)
  const { body } = await end(third, String(other?.id)).expect(200)
  expect(body).toEqual({ message: 'success!' })
  const refused = await service.http.get('/me').set({ token: second }).expect(401)
  expect(refused.body.error).toBe('session_ended')
  for (const token of [first, third]) await service.http.get('/me').set({ token }).expect(200)
  expect(await list(third)).toHaveLength(2)
})

test('a session may end itself', async () => {
  const [token] = await logInThrice()
  const current = (await list(token)).find(session => session.is_current)
  await end(token, String(current?.id)).expect(200)
  await service.http.get('/me').set({ token }).expect(401)
})

test('another user’s session is 404 like none at all, and runs on', async () => {
  const ann = await service.logIn('ann')
  const bob = await service.logIn('bob')
  const [session] = await list(bob.token)
  const foreign = await end(ann.token, String(session?.id)).expect(404)
  const none = await end(ann.token, 'nothing-here').expect(404)
  const { request_id: _one, ...ofForeign } = foreign.body
  const { request_id: _other, ...ofNone } = none.body
  expect(ofForeign).toEqual(ofNone)
  expect(ofForeign).toMatchObject({ error: 'not_found', message_en: 'There is no such session.' })
  await service.http.get('/me').set({ token: bob.token }).expect(200)
})

test('a session’s own id, which the token holds, names nothing here', async () => {
  const { token } = await service.logIn('ann')
  const { sid } = JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString())
  await end(token, sid).expect(404)
})

test.each(['%00', '%ff', '%zz', '..%2fme', 'x'.repeat(3000)])(
  'an id that is none is refused as the client’s fault: %s',
  async id => {
    const { token } = await service.logIn('ann')
    const { status } = await end(token, id)
    expect([400, 404]).toContain(status)
    await service.http.get('/me').set({ token }).expect(200)
  },
)

test('each ended session is one audit line of a log-out', async () => {
  const [first, , third] = await logInThrice()
  const [, , oldest] = await list(third)
  service.logLines.length = 0
  await end(third, String(oldest?.id)).expect(200)
  await end(third, String(oldest?.id)).expect(404)
  const lines = service.logLines.filter(({ event }) => event === 'session.ended')
  const { sid, sub } = JSON.parse(Buffer.from(String(first.split('.')[1]), 'base64url').toString())
  expect(lines.map(({ fields }) => fields)).toMatchObject([
    { reason: 'logout', user: sub, session: sid.slice(0, 8) },
  ])
})
