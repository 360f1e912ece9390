// Nothing of this runs: `npm run typecheck` reads it with WeChat's own types.
import { createClient, LoginClientError, type Platform } from 'miniprogram-login-client'

const platform: Platform = wx
export const login = createClient({ baseUrl: 'https://api.example.com', wx: platform })

const onLaunch: WechatMiniprogram.App.Option['onLaunch'] = () => void login.ready
App({ onLaunch })

Page({
  data: { orders: [] as string[] },
  async onLoad() {
    const { data, statusCode } = await login.request<string[]>({
      url: '/orders',
      method: 'GET',
      header: { 'X-Page': '1' },
      timeout: 3000,
      enableHttp2: true,
    })
    if (statusCode === 200) this.setData({ orders: data })
  },
  async onPhone(e: WechatMiniprogram.ButtonGetPhoneNumber) {
    try {
      const { phone_number } = await login.phone(e.detail)
      wx.showToast({ title: phone_number })
    } catch (error) {
      if (error instanceof LoginClientError && error.code === 'user_denied') return
      throw error
    }
  },
  async onUserInfo(e: WechatMiniprogram.ButtonGetUserInfo) {
    await login.decrypt<WechatMiniprogram.UserInfo>(e.detail)
  },
  async onSteps() {
    const steps = await login.decrypt<{ stepInfoList: object[] }>(await wx.getWeRunData())
    return steps.stepInfoList.length
  },
})

// All of wx.request's own options are taken, and what comes back is what wx.request gives.
export const ask = (options: WechatMiniprogram.RequestOption<string>) => {
  const { url, data, header = {}, method = 'GET', timeout = 60_000 } = options
  const asked: Promise<Pick<WechatMiniprogram.RequestSuccessCallbackResult, 'statusCode'>> =
    login.request({ url, header, method, timeout, ...(data !== undefined && { data }) })
  return asked
}

export const upload = login.wrap(wx.uploadFile)
export const send = login.wrap(wx.request)
export const uploaded = upload({ url: '/avatar', filePath: 'wxfile://a.png', name: 'file' }).then(
  ({ statusCode }) => statusCode,
)
export const taroLike = login.wrap(
  async (options: { url: string; header?: object }) => ({ body: options.url }) as const,
)
export const body: Promise<string> = taroLike({ url: '/x' }).then(answer => answer.body)

// @ts-expect-error wx.request has no PATCH
login.request({ url: '/me', method: 'PATCH' })
// @ts-expect-error the address of the server is needed
createClient({})
// @ts-expect-error an option that does not exist
createClient({ baseUrl: 'https://api.example.com', baseURL: '' })
