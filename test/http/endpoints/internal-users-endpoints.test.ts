import { INTERNAL_TOKEN, type Service, startService } from '../../support/service'

const APPID = 'wx0000000000000000'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const asked = (method: 'get' | 'post' | 'delete', path: string) =>
  service.http[method](`/internal/users${path}`).set('X-Internal-Token', INTERNAL_TOKEN)

async function user(name: string) {
  const { token } = await service.logIn(name)
  const { body } = await service.http.get('/me').set({ token }).expect(200)
  return { token, id: String(body.id), openid: service.simulator.user(name).openid }
}

test('a user is found by each of the four names, and nobody is an empty list', async () => {
  const { id, openid } = await user('ann')
  const { users } = (await asked('get', `?openid=${openid}&appid=${APPID}`).expect(200)).body
  expect(users).toMatchObject([{ id, openid, appid: APPID, disabled_at: null }])
  expect((await asked('get', `?id=${id}`)).body.users).toEqual(users)
  for (const query of ['?unionid=x', '?phone=1', '?id=x', `?openid=x&appid=${APPID}`]) {
    expect((await asked('get', query).expect(200)).body).toEqual({ users: [] })
  }
})

test.each([
  ['none', '', 'id'],
  ['two', '?id=x&phone=1', 'phone'],
  ['an openid without its app', '?openid=x', 'appid'],
])('a search by %s is 400 and names the field', async (_what, query, field) => {
  const { body } = await asked('get', query).expect(400)
  expect(body).toMatchObject({ error: 'invalid_request', field })
})

test('the user, the sessions and all that is kept are told, and no session_key', async () => {
  const { id, token } = await user('bob')
  const one = await asked('get', `/${id}`).expect(200)
  const { sessions } = (await asked('get', `/${id}/sessions`).expect(200)).body
  const all = await asked('get', `/${id}/export`).expect(200)
  expect(all.body).toEqual({ user: one.body, sessions })
  expect(sessions).toHaveLength(1)
  const { sessionKey } = service.simulator.user('bob')
  expect(all.text).not.toContain(sessionKey)
  expect(all.text).not.toContain(token)
})

test('a user who is disabled is logged out and kept out, with the reason, until enabled', async () => {
  const { id, token } = await user('carol')
  await asked('post', `/${id}/disable`).send({ reason: 'spam' }).expect(200)
  const ended = await service.http.get('/me').set({ token }).expect(401)
  expect(ended.body.error).toBe('session_ended')
  const code = service.simulator.mintCode({ user: 'carol' })
  const refused = await service.http.post('/login').send({ code }).expect(403)
  expect(refused.body.error).toBe('user_disabled')
  expect((await asked('get', `/${id}`)).body).toMatchObject({
    disabled_reason: 'spam',
    disabled_at: expect.stringMatching(/^\d{4}-/),
  })
  await asked('post', `/${id}/enable`).expect(200)
  await service.logIn('carol')
})

test('a log-out ends all sessions, and an erase leaves nobody', async () => {
  const { id, token } = await user('dave')
  await asked('post', `/${id}/logout`).expect(200)
  await service.http.get('/me').set({ token }).expect(401)
  await asked('delete', `/${id}`).expect(200)
  expect((await asked('get', `/${id}`).expect(404)).body.error).toBe('not_found')
  expect((await user('dave')).id).not.toBe(id)
})

test('what was done is in the audit, under the request that did it', async () => {
  const { id } = await user('erin')
  const { headers } = await asked('post', `/${id}/disable`).expect(200)
  const lines = service.logLines.filter(({ event }) => event === 'user.disabled')
  expect(lines.at(-1)?.fields).toMatchObject({ user: id, request_id: headers['x-request-id'] })
})

test.each([
  ['get', '/nobody'],
  ['get', '/nobody/sessions'],
  ['get', '/nobody/export'],
  ['post', '/nobody/logout'],
  ['post', '/nobody/disable'],
  ['post', '/nobody/enable'],
  ['delete', '/nobody'],
  ['get', '/a%00b'],
] as const)('%s %s is 404', async (method, path) => {
  const { body } = await asked(method, path).expect(404)
  expect(body).toMatchObject({ error: 'not_found', message: '没有这个用户' })
})

test('a reason that is too long is refused by its name, and nobody is disabled', async () => {
  const { id } = await user('fay')
  const reason = 'x'.repeat(201)
  const { body } = await asked('post', `/${id}/disable`).send({ reason }).expect(400)
  expect(body).toMatchObject({ error: 'invalid_request', field: 'reason' })
  expect((await asked('get', `/${id}`)).body.disabled_at).toBeNull()
})

test('without the credential nobody is told anything', async () => {
  const { id } = await user('gus')
  for (const path of ['', `/${id}`, `/${id}/export`]) {
    await service.http.get(`/internal/users${path}`).expect(401)
  }
})
