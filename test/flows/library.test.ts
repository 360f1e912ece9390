import { createRequire } from 'node:module'
import type { RequestHandler } from 'express'
import { HOSTS, type Service, startService } from '../support/service'

/** Its types claim `req.login`, too: test/typings shows that ours and theirs live side by side. */
const passport = createRequire(__filename)('passport') as {
  initialize(): RequestHandler
  authenticate(name: string, options: object): RequestHandler
  use(name: string, strategy: object): void
}

describe.each(HOSTS.slice(1))('guards in somebody’s own app (%s)', host => {
  let service: Service
  beforeAll(async () => {
    service = await startService({
      host,
      routes(app, login) {
        app.get('/feed', login.optional, (req, res) => {
          const who = login.of(req, { optional: true })
          res.json({ for: who?.userId ?? null, same: who === req.login })
        })
        app.get('/mine', login.required, (req, res) => void res.json(login.of(req).userId))
        app.get('/careless', login.optional, (req, res, next) => {
          try {
            res.json(login.of(req).userId)
          } catch (error) {
            next(error)
          }
        })
        app.use(login.errorHandler as never)
      },
    })
  })
  afterAll(() => service.close())

  test('an optional one lets nobody and somebody pass, and refuses a wrong token', async () => {
    const { token } = await service.logIn('ann')
    expect((await service.http.get('/feed').expect(200)).body).toEqual({ for: null, same: true })
    const mine = await service.http.get('/feed').set({ token }).expect(200)
    expect(mine.body).toEqual({ for: expect.any(String), same: true })
    expect((await service.http.get('/mine').set({ token })).body).toBe(mine.body.for)
    const wrong = await service.http
      .get('/feed')
      .set({ token: `${token}x` })
      .expect(401)
    expect(wrong.body.error).toBe('token_invalid')
  })

  test('an optional one logs in by X-WX-Code as a required one does', async () => {
    const code = service.simulator.mintCode({ user: 'bob' })
    const answer = await service.http.get('/feed').set('X-WX-Code', code).expect(200)
    expect(answer.body.for).toEqual(expect.any(String))
    expect(answer.headers['x-login-token']).toEqual(expect.any(String))
  })

  test('a route that takes somebody for granted behind an optional guard is 401, not a crash', async () => {
    const { body } = await service.http.get('/careless').expect(401)
    expect(body.error).toBe('token_missing')
  })
})

/** Lets everybody in, and uses what Passport puts on the request. */
const everybody = {
  authenticate(this: { success(user: object): void }) {
    this.success({ id: 'theirs' })
  },
}

describe('beside Passport, whose req.login is a function', () => {
  passport.use('everybody', everybody)
  const theirs = () => passport.authenticate('everybody', { session: false })
  const start = (property?: string) =>
    startService({
      host: 'Express 5, mounted',
      ...(property && { property }),
      routes(app, login) {
        const answer: RequestHandler = (req, res) => {
          const { user, login: theirLogin } = req as unknown as Record<string, unknown>
          res.json({ of: login.of(req).userId, user, login: typeof theirLogin })
        }
        app.get('/passport-first', theirs(), login.required, answer)
        app.get('/ours-first', login.required, theirs(), answer)
      },
    })

  test.each(['/passport-first', '/ours-first'])(
    'another property works, whichever comes first (%s)',
    async path => {
      const service = await start('auth')
      const { token } = await service.logIn('ann')
      const { body } = await service.http.get(path).set({ token }).expect(200)
      expect(body).toEqual({ of: expect.any(String), user: { id: 'theirs' }, login: 'function' })
      await service.close()
    },
  )

  test.each(['/passport-first', '/ours-first'])(
    'the same property is refused loudly, and never undefined (%s)',
    async path => {
      const service = await start()
      const { token } = await service.logIn('ann')
      const { text } = await service.http.get(path).set({ token }).expect(500)
      expect(text).toMatch(/TypeError: req\.login belongs to other middleware.*property/s)
      await service.close()
    },
  )
})

describe('a mistake in the host’s code is a TypeError that names it', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => service.close())

  test.each<[string, (login: Service['login']) => unknown, RegExp]>([
    ['an app unnamed where there are two', login => login.accessToken(), /appid.*several/],
    ['an app that is not there', login => login.accessToken('wx9'), /appid.*one of them/],
    ['a guard of such an app', async login => login.requiredFor('wx9'), /appid/],
    ['an id that is no text', login => login.users.byId(undefined as never), /string/],
    ['an openid that is no text', login => login.users.byOpenid('wx1', 1 as never), /string/],
  ])('%s', async (_what, call, says) => {
    const mistake = await (async () => call(service.login))().catch((error: unknown) => error)
    expect(mistake).toBeInstanceOf(TypeError)
    expect(String(mistake)).toMatch(says)
  })
})
