import express, { type Request, type RequestHandler } from 'express'
import { createLogin } from 'miniprogram-login'
import 'miniprogram-login/express'

const { WX_APPID = '', WX_SECRET = '', WX_API_BASE_URL, JWT_SECRET = '', PORT } = process.env
const apps = { [WX_APPID]: WX_SECRET }
const login = await createLogin({ apps, jwtSecret: JWT_SECRET, wxApiBaseUrl: WX_API_BASE_URL })

/**
 * Express 4 does not hear an async handler that rejects, and Node ends the process. So every async
 * handler stands in this. Express 5 hears it by itself, and needs no wrapper.
 */
function async(work: (req: Request) => Promise<unknown>): RequestHandler {
  return (req, res, next) => {
    work(req).then(answer => res.json(answer), next)
  }
}

const app = express()
app.use('/api', login.router)
app.get(
  '/orders',
  login.required,
  async(async req => ({ of: req.login.userId })),
)
app.get('/feed', login.optional, (req, res) => {
  res.json({ for: login.of(req, { optional: true })?.userId ?? 'everybody' })
})
const openData = async(async req => login.decrypt(req.login, req.body))
app.post('/steps', login.required, express.json(), openData)
const phone = async(async req => login.phone(req.login, req.body?.code))
app.post('/call-me', login.required, express.json(), phone)
app.use(login.errorHandler) // a LoginError of the two above, in the shape of docs/errors.md
app.listen(Number(PORT ?? 3000))
