import { ask, type Recipe, startRecipe } from '../../support/recipe'
import { EXPRESS_VERSIONS } from '../../support/run-example'

describe.each(EXPRESS_VERSIONS)(
  'examples/recipes/wafer2, by the client of wafer2 (%s)',
  express => {
    let recipe: Recipe
    beforeAll(async () => {
      recipe = await startRecipe('examples/recipes/wafer2/server.mts', { express })
    })
    afterAll(() => recipe?.stop())

    /** `qcloud.login`: wx.login, wx.getUserInfo, then three headers. */
    async function logIn(user = 'ann') {
      // The simulator makes a session_key when a code is exchanged, and WeChat when it is given out.
      const before = { 'X-WX-Code': recipe.simulator.mintCode({ user }) }
      await ask(`${recipe.url}/weapp/login`, { headers: before })
      const code = recipe.simulator.mintCode({ user })
      const { encryptedData, iv } = recipe.simulator.encryptUserInfo({ user })
      const headers = { 'X-WX-Code': code, 'X-WX-Encrypted-Data': encryptedData, 'X-WX-IV': iv }
      return ask(`${recipe.url}/weapp/login`, { headers })
    }
    /** `qcloud.request({ login: true })`: the session's skey in a header, whether there is one or not. */
    const user = (skey?: string) =>
      ask(`${recipe.url}/weapp/user`, { headers: skey === undefined ? {} : { 'X-WX-Skey': skey } })

    test('qcloud.login gets code 0, the skey and the user, and no openid', async () => {
      const { status, body } = await logIn()
      expect([status, body.code]).toEqual([200, 0])
      expect(body.data.skey).toEqual(expect.any(String))
      expect(body.data.userinfo).toMatchObject({ nickName: expect.any(String) })
      expect(JSON.stringify(body)).not.toContain(recipe.simulator.user('ann').openid)
    })

    test('the skey opens the routes of the logged in', async () => {
      const { data } = (await logIn()).body
      const { body } = await user(data.skey)
      expect(body).toEqual({ code: 0, data: { userId: data.userinfo.userId } })
    })

    test('an skey of the old server, and none, get code -1, by which that client logs in again', async () => {
      const sha1 = '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12'
      expect((await user(sha1)).body.code).toBe(-1)
      expect((await user()).body.code).toBe(-1)
    })

    test('a code that WeChat refuses is another number: that client must not loop', async () => {
      const headers = { 'X-WX-Code': 'a'.repeat(32) }
      const { body } = await ask(`${recipe.url}/weapp/login`, { headers })
      expect(body).toMatchObject({ code: 1, error: 'code_invalid' })
      expect((await ask(`${recipe.url}/weapp/login`)).body).toMatchObject({ error: 'code_missing' })
    })
  },
)
