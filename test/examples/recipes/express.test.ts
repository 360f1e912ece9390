import { ask, type Recipe, startRecipe } from '../../support/recipe'
import { EXPRESS_VERSIONS } from '../../support/run-example'

describe.each(EXPRESS_VERSIONS)('examples/recipes/express (%s)', express => {
  let recipe: Recipe
  beforeAll(async () => {
    recipe = await startRecipe('examples/recipes/express/server.mts', { express })
  })
  afterAll(() => recipe?.stop())

  const logIn = async (): Promise<string> => {
    const data = { code: recipe.simulator.mintCode({ user: 'ann' }) }
    return (await ask(`${recipe.url}/api/login`, { data })).body.token
  }

  test('a token opens the guarded routes', async () => {
    const token = await logIn()
    const { status, body } = await ask(`${recipe.url}/orders`, { token })
    expect([status, body]).toEqual([200, { of: expect.any(String) }])
    const code = recipe.simulator.mintPhoneCode({ user: 'ann' })
    const phone = await ask(`${recipe.url}/call-me`, { token, data: { code } })
    expect(phone.body).toMatchObject({ countryCode: '86' })
  })

  test('what an async handler rejects with is answered in our shape, and the program goes on', async () => {
    const token = await logIn()
    const sent = [{ encryptedData: 'x', iv: 'y' }, { encryptedData: [] }, {}]
    for (const data of sent) {
      const { status, body } = await ask(`${recipe.url}/steps`, { token, data })
      expect(status).toBe(400)
      expect(body).toMatchObject({ error: expect.any(String), message: expect.any(String) })
    }
    const nobodys = await ask(`${recipe.url}/call-me`, { token, data: { code: 7 } })
    expect([nobodys.status, nobodys.body.error]).toEqual([400, 'invalid_request'])
    expect((await ask(`${recipe.url}/orders`, { token })).status).toBe(200)
    expect(recipe.process.exitCode).toBeNull()
  })
})
