import { type Recipe, startRecipe } from '../support/recipe'
import { EXPRESS_VERSIONS } from '../support/run-example'

describe.each(EXPRESS_VERSIONS)('an envelope of one’s own (%s)', express => {
  let shop: Recipe
  beforeAll(async () => {
    shop = await startRecipe('examples/envelope/server.mts', { express })
  })
  afterAll(() => shop?.stop())

  interface Answer {
    errno: number
    errmsg: string
    data?: { token?: string; userInfo?: { userId: string }; of?: string }
  }

  /** As such a shop's `util.request` calls: HTTP 200 or nothing, then `errno`. */
  async function request(path: string, data?: object, token = ''): Promise<Answer> {
    const answer = await fetch(shop.url + path, {
      method: data ? 'POST' : 'GET',
      headers: { 'Content-Type': 'application/json', 'X-Litemall-Token': token },
      ...(data && { body: JSON.stringify(data) }),
    })
    expect(answer.status).toBe(200)
    return (await answer.json()) as Answer
  }

  test('a login brings the token and the user in the envelope, and the token opens the shop', async () => {
    const userInfo = { nickName: '小明' }
    const { errno, errmsg, data } = await request('/wx/auth/login_by_weixin', {
      ...{ code: shop.simulator.mintCode(), userInfo },
    })
    expect([errno, errmsg]).toEqual([0, '成功'])
    expect(data?.userInfo).toEqual({ userId: expect.any(String), nickName: '小明' })
    const mine = await request('/wx/user/index', undefined, data?.token)
    expect(mine.data?.of).toBe(data?.userInfo?.userId)
  })

  test('who is not logged in, or not any more, gets 501, by which the client logs in', async () => {
    expect(await request('/wx/user/index')).toEqual({ errno: 501, errmsg: '缺少登录令牌' })
    const { data } = await request('/wx/auth/login_by_weixin', { code: shop.simulator.mintCode() })
    expect((await request('/wx/auth/logout', {}, data?.token)).errno).toBe(0)
    expect((await request('/wx/user/index', undefined, data?.token)).errno).toBe(501)
  })

  test('a code that WeChat refuses is a sentence for the user, and no 501: the client must not loop', async () => {
    const { errno, errmsg } = await request('/wx/auth/login_by_weixin', { code: 'a'.repeat(32) })
    expect([errno, errmsg]).toEqual([400, '登录凭证无效或已过期，请重新登录'])
    expect((await request('/wx/auth/login_by_weixin', {})).errno).toBe(400)
  })
})
