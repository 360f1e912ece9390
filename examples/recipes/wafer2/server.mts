import express, { type Request, type RequestHandler } from 'express'
import { createLogin, LoginError } from 'miniprogram-login'
import 'miniprogram-login/express'

const { WX_APPID = '', WX_SECRET = '', WX_API_BASE_URL, JWT_SECRET = '', PORT } = process.env
const login = await createLogin({
  apps: { [WX_APPID]: WX_SECRET },
  jwtSecret: JWT_SECRET,
  wxApiBaseUrl: WX_API_BASE_URL,
})

/** wafer2's clients read `code` of the body: 0 is right, and at -1 they log in and ask once more. */
function answer(work: (req: Request) => Promise<object>): RequestHandler {
  return (req, res, next) => {
    work(req).then(
      data => res.json({ code: 0, data }),
      error => {
        if (!(error instanceof LoginError)) return next(error)
        const code = error.status === 401 ? -1 : 1
        res.json({ code, error: error.code, message: error.body('').message })
      },
    )
  }
}

const header = (req: Request, name: string): string => req.get(name) ?? ''

/** The login of old: code, encryptedData and iv in three headers. The openid stays here. */
const logIn = answer(async req => {
  const { token: skey } = await login.logIn({ code: header(req, 'X-WX-Code'), ip: req.ip })
  const who = await login.authenticate(skey)
  const sent = { encryptedData: header(req, 'X-WX-Encrypted-Data'), iv: header(req, 'X-WX-IV') }
  const opened = sent.encryptedData === '' ? {} : await login.decrypt(who, sent)
  const { openId: _1, unionId: _2, watermark: _3, ...shown } = opened
  return { skey, userinfo: { ...shown, userId: who.userId } }
})

const who = (req: Request) => {
  const skey = header(req, 'X-WX-Skey')
  if (skey === '') throw new LoginError('token_missing')
  return login.authenticate(skey)
}

const app = express()
app.get('/weapp/login', logIn).post('/weapp/login', logIn)
app.get(
  '/weapp/user',
  answer(async req => ({ userId: (await who(req)).userId })),
)
app.listen(Number(PORT ?? 3000))
