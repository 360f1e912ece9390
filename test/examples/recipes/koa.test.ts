import { JUST_ISSUED } from '../../support/just-issued'
import { ask, type Recipe, startRecipe } from '../../support/recipe'

describe('examples/recipes/koa', () => {
  let recipe: Recipe
  beforeAll(async () => {
    recipe = await startRecipe('examples/recipes/koa/server.mts')
  })
  afterAll(() => recipe?.stop())

  const logIn = async (code: string = recipe.simulator.mintCode()) =>
    ask(`${recipe.url}/login`, { method: 'POST', headers: { 'X-WX-Code': code } })

  test('a login brings a token, which opens the guarded route until the log-out', async () => {
    const { body } = await logIn()
    expect(body).toMatchObject({ token: expect.any(String), expiresIn: JUST_ISSUED })
    const { token } = body
    const orders = await ask(`${recipe.url}/orders`, { token })
    expect([orders.status, orders.body]).toEqual([200, { of: expect.any(String) }])
    expect((await ask(`${recipe.url}/logout`, { token, method: 'POST' })).status).toBe(200)
    expect((await ask(`${recipe.url}/orders`, { token })).body.error).toBe('session_ended')
  })

  test('a refusal is in our shape, with its headers', async () => {
    const { status, headers, body } = await ask(`${recipe.url}/orders`)
    expect([status, body.error, body.action]).toEqual([401, 'token_missing', 'login'])
    expect(headers.get('www-authenticate')).toBe('Bearer')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('bad data is a 400, and the program goes on', async () => {
    for (const code of ['', 'with blanks', 'a'.repeat(32), 'x'.repeat(600)]) {
      expect([code, (await logIn(code)).status]).toEqual([code, 400])
    }
    expect((await logIn()).status).toBe(200)
  })
})
