import express, { type Request, type RequestHandler } from 'express'
import { createLogin, LoginError } from 'miniprogram-login'

const { WX_APPID = '', WX_SECRET = '', WX_API_BASE_URL, JWT_SECRET = '', PORT } = process.env
const apps = { [WX_APPID]: WX_SECRET }
const login = await createLogin({ apps, jwtSecret: JWT_SECRET, wxApiBaseUrl: WX_API_BASE_URL })

/** Old shop clients look at `errno` alone: every answer is HTTP 200, and 501 means "log in". */
function answer(work: (req: Request) => Promise<object>): RequestHandler {
  return async (req, res, next) => {
    try {
      res.json({ errno: 0, errmsg: '成功', data: await work(req) })
    } catch (error) {
      if (!(error instanceof LoginError)) return next(error) // to throw here would end Express 4
      const errno = error.status === 401 ? 501 : error.status
      res.json({ errno, errmsg: error.body('').message })
    }
  }
}
const tokenOf = (req: Request) => req.get('X-Litemall-Token') ?? ''

const logIn = answer(async ({ body, ip }) => {
  const { token, userId } = await login.logIn({ code: body?.code, ip })
  return { token, userInfo: { userId, nickName: body?.userInfo?.nickName ?? '微信用户' } }
})
const index = answer(async req => ({ of: (await login.authenticate(tokenOf(req))).userId }))
const logOut = answer(async req => ({ ended: await login.logOut(tokenOf(req)) }))

const app = express().use(express.json())
app.post('/wx/auth/login_by_weixin', logIn).post('/wx/auth/logout', logOut)
app.get('/wx/user/index', index)
app.listen(Number(PORT ?? 3000))
