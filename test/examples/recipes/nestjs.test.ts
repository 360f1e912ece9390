import { ask, type Recipe, startRecipe } from '../../support/recipe'

describe('examples/recipes/nestjs', () => {
  let recipe: Recipe
  beforeAll(async () => {
    recipe = await startRecipe('examples/recipes/nestjs/server.mts')
  })
  afterAll(() => recipe?.stop())

  const logIn = async (): Promise<string> => {
    const data = { code: recipe.simulator.mintCode() }
    return (await ask(`${recipe.url}/api/login`, { data })).body.token
  }

  test('the decorator gives who is asking, behind the guard', async () => {
    const { status, body } = await ask(`${recipe.url}/orders`, { token: await logIn() })
    expect([status, body]).toEqual([200, { of: expect.any(String) }])
  })

  test('a login code in X-WX-Code logs in on the way, as it does without Nest', async () => {
    const headers = { 'X-WX-Code': recipe.simulator.mintCode() }
    const { status, headers: got } = await ask(`${recipe.url}/orders`, { headers })
    expect([status, got.get('x-login-token')]).toEqual([200, expect.any(String)])
  })

  test('without a token the guard refuses in our shape, and an open route stays open', async () => {
    const { status, headers, body } = await ask(`${recipe.url}/orders`)
    expect([status, body.error, body.action]).toEqual([401, 'token_missing', 'login'])
    expect(headers.get('www-authenticate')).toBe('Bearer')
    expect((await ask(`${recipe.url}/orders/open`)).body).toEqual({ for: 'everybody' })
  })

  test('a wrong token is refused everywhere', async () => {
    const token = `${await logIn()}x`
    expect((await ask(`${recipe.url}/orders`, { token })).body.error).toBe('token_invalid')
    expect((await ask(`${recipe.url}/orders/open`, { token })).status).toBe(401)
  })

  test('the exception filter answers what a handler throws, and leaves Nest’s own errors to Nest', async () => {
    const { status, body } = await ask(`${recipe.url}/orders/refused`, { token: await logIn() })
    expect([status, body.error]).toEqual([403, 'login_refused'])
    const missing = await ask(`${recipe.url}/nowhere`)
    expect([missing.status, missing.body.statusCode]).toEqual([404, 404])
  })

  test('SIGTERM closes the login, and the process ends by itself', async () => {
    const other = await startRecipe('examples/recipes/nestjs/server.mts')
    const gone = new Promise(resolve => other.process.once('exit', resolve))
    other.process.kill('SIGTERM')
    await gone
    await other.stop()
  })
})
