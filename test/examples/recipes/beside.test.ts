import { ask, type Recipe, startRecipe } from '../../support/recipe'
import { EXPRESS_VERSIONS } from '../../support/run-example'
import { OTHER_JWT_SECRET } from '../../support/secrets'

const H5_ORIGIN = 'https://h5.example.com'

describe.each(EXPRESS_VERSIONS)('examples/recipes/beside (%s)', express => {
  let recipe: Recipe
  beforeAll(async () => {
    const env = { SESSION_SECRET: OTHER_JWT_SECRET, H5_ORIGIN }
    recipe = await startRecipe('examples/recipes/beside/server.mts', { env, express })
  })
  afterAll(() => recipe?.stop())

  const logIn = () =>
    ask(`${recipe.url}/api/login`, { data: { code: recipe.simulator.mintCode() } })

  test('a login sets no cookie, and carries helmet’s headers beside ours', async () => {
    const { status, headers } = await logIn()
    expect(status).toBe(200)
    expect(headers.get('set-cookie')).toBeNull()
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('strict-transport-security')).toMatch(/max-age/)
  })

  test('the admin’s cookie session goes on, and opens no guarded route', async () => {
    const first = await ask(`${recipe.url}/admin`)
    const [Cookie = ''] = String(first.headers.get('set-cookie')).split(';')
    expect((await ask(`${recipe.url}/admin`, { headers: { Cookie } })).body).toEqual({ visits: 2 })
    expect((await ask(`${recipe.url}/orders`, { headers: { Cookie } })).status).toBe(401)
  })

  test('an H5 page may read the answers of both, refusals too, and its preflight needs no token', async () => {
    const { token } = (await logIn()).body
    const headers = { Origin: H5_ORIGIN }
    for (const [path, shown, status] of [
      ['/orders', { token }, 200],
      ['/orders', {}, 401],
      ['/api/me', { token }, 200],
      ['/api/me', {}, 401],
    ] as const) {
      const answer = await ask(`${recipe.url}${path}`, { ...shown, headers })
      const allowed = answer.headers.get('access-control-allow-origin')
      expect([path, answer.status, allowed]).toEqual([path, status, H5_ORIGIN])
    }
    for (const path of ['/orders', '/api/me']) {
      const asked = { ...headers, 'Access-Control-Request-Method': 'GET' }
      const { status } = await ask(`${recipe.url}${path}`, { method: 'OPTIONS', headers: asked })
      expect([path, status]).toEqual([path, 204])
    }
  })
})
