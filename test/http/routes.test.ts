import { z } from 'zod'
import { ERRORS } from '../../src/errors'
import { failureAnswerOf } from '../../src/http/error-answer'
import { errorsOf, type Method, methodsOf, type Route } from '../../src/http/route'
import { ROUTES, routesOf } from '../../src/http/routes'
import { publicSessionId } from '../../src/login/public-session-id'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { PRIVATE_KEY } from '../support/private-keys'
import { INTERNAL_TOKEN, type Service, startService } from '../support/service'

const { appid } = SIMULATOR_APP
const INTERNAL = { 'X-Internal-Token': INTERNAL_TOKEN }

let service: Service
/** Of users whom a test may disable or erase. */
const tokens: Record<string, string> = {}
let token: string
beforeAll(async () => {
  service = await startService({ jwtPrivateKey: PRIVATE_KEY })
  service.simulator.setUnionidBound(appid, true)
  for (const user of ['bob', 'carol']) tokens[user] = (await service.logIn(user)).token
})
beforeEach(async () => {
  token = (await service.logIn()).token
})
afterAll(() => service.close())

interface Ask {
  method: Method
  path: string
  headers?: Record<string, string>
  body?: object | string
  of?: Service
}
interface Answer {
  status: number
  headers: Record<string, string>
  body: Record<string, unknown>
  text: string
}
async function ask({ method, path, headers = {}, body, of = service }: Ask): Promise<Answer> {
  const verb = method === '*' ? 'post' : (method.toLowerCase() as 'get' | 'post' | 'put' | 'delete')
  const asked = of.http[verb](path).set(headers)
  return body === undefined ? asked : asked.send(body)
}

const nameOf = ({ path }: Route, method: Method) => `${method} ${path}`
const PLACES = ROUTES.flatMap(route =>
  route.methods.map(method => ({ name: nameOf(route, method), route, method })),
)

/** One or more calls of each route that go well. */
type Calls = Record<string, () => Omit<Ask, 'method' | 'path'> & { query?: string; id?: string }>
const guarded = () => ({ headers: { token } })
const claimsOf = (shown: string): { sid: string; sub: string } =>
  JSON.parse(Buffer.from(String(shown.split('.')[1]), 'base64url').toString())
/** A user, as a sister service names one. */
const person = (shown: string) => ({ headers: INTERNAL, id: claimsOf(shown).sub })
const withCode = () => ({ body: { code: service.simulator.mintCode() } })
const WELL: Record<string, Calls> = {
  'GET /checklogin': {
    'without a token': () => ({}),
    'with a token': guarded,
    'with a forged one': () => ({ query: '?token=x.y.z' }),
  },
  'POST /checklogin': { 'with a token': () => ({ body: { token } }), 'with nothing': () => ({}) },
  '* /verify': {
    'for anybody': guarded,
    'for a gateway': () => ({ headers: { token, ...INTERNAL } }),
  },
  'POST /login': { 'with a code': withCode },
  'POST /refresh': { 'with a token': guarded },
  'POST /logout': {
    'of one session': guarded,
    'of all': () => ({ ...guarded(), body: { all: true } }),
  },
  'GET /me': { 'with a token': guarded },
  'PUT /me': {
    'with a name': () => ({ ...guarded(), body: { nickname: '小明' } }),
    'with an avatar': () => ({ ...guarded(), body: { avatar_url: 'https://a.example/b.png' } }),
    'with nothing': guarded,
  },
  'GET /sessions': { 'with a token': guarded },
  'DELETE /sessions/:id': {
    'of the session itself': () => ({ ...guarded(), id: publicSessionId(claimsOf(token).sid) }),
  },
  'POST /decrypt': {
    'of user data': () => {
      const { encryptedData, iv, rawData, signature } = service.simulator.encryptUserInfo()
      return { ...guarded(), body: { encryptedData, iv, rawData, signature } }
    },
    'of a signed text': () => {
      const { rawData, signature } = service.simulator.encryptUserInfo()
      return { ...guarded(), body: { rawData, signature } }
    },
  },
  'POST /phone': {
    'with a code': () => ({ ...guarded(), body: { code: service.simulator.mintPhoneCode() } }),
  },
  'POST /checksession': { 'with a token': guarded },
  'GET /livez': { '': () => ({}) },
  'GET /healthz': { '': () => ({}) },
  'GET /metrics': { 'for Prometheus': () => ({ headers: INTERNAL }) },
  'GET /readyz': { '': () => ({}) },
  'GET /auth': { 'with a code': () => ({ query: `?code=${service.simulator.mintCode()}` }) },
  'POST /auth': { 'with a code': withCode },
  'POST /isAuth': {
    'with a token': () => ({ body: { token } }),
    'with a forged one': () => ({ body: { token: 'x.y.z' } }),
    'with none': () => ({}),
  },
  'POST /wx/onlogin': {
    'in the query': () => ({ query: `?code=${service.simulator.mintCode()}` }),
    'in the body': withCode,
  },
  'GET /internal/access-token': {
    'of an app': () => ({ query: `?appid=${appid}`, headers: INTERNAL }),
  },
  'POST /internal/introspect': {
    'of a token that holds': () => ({ headers: INTERNAL, body: { token } }),
    'of another one': () => ({ headers: INTERNAL, body: { token: 'x.y.z' } }),
  },
  'GET /internal/users': {
    'by our id': () => ({ headers: INTERNAL, query: `?id=${claimsOf(token).sub}` }),
    'by a phone number of nobody': () => ({ headers: INTERNAL, query: '?phone=1' }),
  },
  'GET /internal/users/:id': { '': () => person(token) },
  'GET /internal/users/:id/sessions': { '': () => person(token) },
  'GET /internal/users/:id/export': { '': () => person(token) },
  'POST /internal/users/:id/logout': { '': () => person(token) },
  'POST /internal/users/:id/disable': {
    'with a reason': () => ({ ...person(String(tokens.bob)), body: { reason: 'spam' } }),
    'without one': () => person(String(tokens.bob)),
  },
  'POST /internal/users/:id/enable': { '': () => person(String(tokens.bob)) },
  'DELETE /internal/users/:id': { '': () => person(String(tokens.carol)) },
  'GET /.well-known/jwks.json': { '': () => ({}) },
  'GET /openapi.json': { '': () => ({}) },
  'GET /docs': {
    'in the browser’s language': () => ({}),
    'in English': () => ({ query: '?lang=en' }),
  },
}

test('every route is called below, and nothing that is no route', () => {
  expect(Object.keys(WELL).sort()).toEqual(PLACES.map(({ name }) => name).sort())
})

describe.each(PLACES)('$name, when all is well,', ({ name, route, method }) => {
  test.each(Object.entries(WELL[name] ?? {}))('answers as its row says: %s', async (_, call) => {
    const { query = '', id = '', ...rest } = call()
    const answer = await ask({ method, path: route.path.replace(':id', id) + query, ...rest })
    expect([answer.status, answer.body.error]).toEqual([route.answer.status, undefined])
    const { body, mediaType } = route.answer
    if (mediaType) {
      expect(answer.headers['content-type']).toContain(mediaType)
      expect(answer.text).not.toBe('')
    } else if (body) expect(body.parse(answer.body)).toEqual(answer.body)
    else expect(answer.headers).not.toHaveProperty('content-type')
    expect(route.answer.headers?.safeParse(answer.headers).error).toBeUndefined()
  })
})

describe.each(PLACES)('$name, when it refuses,', ({ route, method }) => {
  /** The error of an answer, which must be one of the row's and have the shape of the row's. */
  function errorOf({ status, headers, body }: Answer): string {
    expect(failureAnswerOf(route).parse(body)).toEqual(body)
    const error = String(route.failure === 'auth' ? body.code : body.error)
    expect(errorsOf(route)).toContain(error)
    expect(status).toBe(ERRORS[error as keyof typeof ERRORS].status)
    expect(headers['x-login-error']).toBe(route.isForGateways && error)
    return error
  }

  if (route.guard === 'login') {
    test('says why the token does not hold', async () => {
      const refused = async (headers: Record<string, string>) =>
        errorOf(await ask({ method, path: route.path, headers }))
      expect(await refused({})).toBe('token_missing')
      expect(await refused({ token: 'x.y.z' })).toBe('token_invalid')
      await service.http.post('/logout').set({ token }).expect(200)
      expect(await refused({ token })).toBe('session_ended')
    })
  }

  if (route.guard === 'internal') {
    test('says why the credential does not hold', async () => {
      const refused = async (headers: Record<string, string>) =>
        errorOf(await ask({ method, path: route.path, headers }))
      expect(await refused({})).toBe('internal_token_invalid')
      expect(await refused({ 'X-Internal-Token': 'x' })).toBe('internal_token_invalid')
    })
  }

  if (method !== 'GET' && route.body) {
    test('says what is wrong with the body, unless it always answers', async () => {
      const sent = (body: string, type: string) =>
        ask({
          ...{ method, path: route.path, body },
          headers: { token, ...INTERNAL, 'Content-Type': type },
        })
      const isLenient = route.body === 'lenient'
      const outcomes: [body: string, type: string, error: string][] = [
        ['{', 'application/json', 'invalid_json'],
        ['x', 'text/plain', 'unsupported_media_type'],
      ]
      for (const [body, type, error] of outcomes) {
        const answer = await sent(body, type)
        if (isLenient) expect(answer.status).toBe(200)
        else expect(errorOf(answer)).toBe(error)
      }
      const large = await sent(`"${'x'.repeat(17_000)}"`, 'application/json')
      expect(errorOf(large)).toBe('body_too_large')
    })
  }

  if (route.limit === 'login' || route.limit === 'wechat') {
    test('says so when there were too many', async () => {
      const limited = await startService({ rateLimit: 1, simulator: service.simulator })
      try {
        const of = route.limit === 'login' ? '' : (await limited.logIn()).token
        const one = { method, path: route.path, headers: { token: of }, of: limited }
        await ask(one)
        expect(errorOf(await ask(one))).toBe('rate_limited')
      } finally {
        await limited.close()
      }
    })
  }
})

/** A configuration that has every route. */
const ALL = { internalToken: 'x', hasPublicKeys: true, docs: 'on', isDevelopment: false } as const

describe('the list', () => {
  test('names each path and method once', () => {
    const names = PLACES.map(({ name }) => name)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  })

  test('gives rows of one path the same way to fail', () => {
    for (const { path, failure } of ROUTES) {
      const others = ROUTES.filter(route => route.path === path)
      expect(others.map(route => route.failure)).toEqual(others.map(() => failure))
    }
  })

  test('has words in both languages for every route', () => {
    for (const { words } of ROUTES) {
      for (const text of [words.summary, words.request, words.answer]) {
        if (!text) continue
        expect([text.zh, text.en]).not.toContain('')
        expect(text.en).toMatch(/^[^\p{sc=Han}]+$/u)
      }
    }
  })

  test('reads bodies with a schema only where a body is read at all', () => {
    for (const { path, request, body, methods } of ROUTES) {
      if (request.body) expect([path, body]).toEqual([path, expect.any(String)])
      if (body) expect(methods.some(method => method !== 'GET')).toBe(true)
    }
  })

  test('says for GET that HEAD is taken too, except where HEAD would spend a code', () => {
    const withoutHead = ROUTES.filter(route => route.methods.includes('GET')).filter(
      route => !methodsOf(route).includes('HEAD'),
    )
    expect(withoutHead.map(({ path }) => path)).toEqual(['/auth'])
  })

  test('has schemas that can be printed as JSON Schema, for OpenAPI', () => {
    for (const { request, answer } of ROUTES) {
      const schemas = [request.body, request.query, request.headers, answer.body, answer.headers]
      for (const schema of schemas) if (schema) expect(z.toJSONSchema(schema)).toBeDefined()
    }
  })

  test('has no internal route without an internal token', () => {
    const open = routesOf({ ...ALL, internalToken: undefined })
    expect(ROUTES.filter(route => !open.includes(route)).map(({ path }) => path)).toEqual([
      '/metrics',
      '/internal/access-token',
      '/internal/introspect',
      ...ROUTES.map(({ path }) => path).filter(path => path.startsWith('/internal/users')),
    ])
    expect(routesOf(ALL)).toEqual(ROUTES)
  })

  test('publishes keys only where there are some', () => {
    const closed = routesOf({ ...ALL, hasPublicKeys: false })
    expect(ROUTES.filter(route => !closed.includes(route)).map(({ path }) => path)).toEqual([
      '/.well-known/jwks.json',
    ])
  })

  test('has no documents unless they are asked for', () => {
    const without = routesOf({ ...ALL, docs: 'off' })
    expect(ROUTES.filter(route => !without.includes(route)).map(({ path }) => path)).toEqual([
      '/openapi.json',
      '/docs',
    ])
  })

  test('has /metrics for everybody outside of production, and nothing else that is internal', () => {
    for (const internalToken of [undefined, 'x']) {
      const closed = routesOf({ ...ALL, internalToken })
      const open = routesOf({ ...ALL, internalToken, isDevelopment: true })
      const guards = (routes: readonly Route[]) => routes.map(({ path, guard }) => [path, guard])
      const others = guards(closed).filter(([path]) => path !== '/metrics')
      expect(guards(open).filter(([path]) => path !== '/metrics')).toEqual(others)
      expect(open.find(({ path }) => path === '/metrics')?.guard).toBe('none')
    }
  })

  test('is all that the router serves', () => {
    type Stack = { route?: { path: string | RegExp } }[]
    const { stack } = service.login.router as unknown as { stack: Stack }
    const served = stack
      .flatMap(({ route }) => (route ? [route.path] : []))
      .map(path => (typeof path === 'string' ? path : path.source.replace(/^\^\\(\/\w+).*$/, '$1')))
    expect(served).toEqual([...new Set(ROUTES.map(({ path }) => path))])
  })
})
