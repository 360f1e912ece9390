import cors from 'cors'
import express from 'express'
import session from 'express-session'
import helmet from 'helmet'
import { createLogin } from 'miniprogram-login'
import 'miniprogram-login/express'

const { WX_APPID = '', WX_SECRET = '', WX_API_BASE_URL, JWT_SECRET = '', PORT } = process.env
const { SESSION_SECRET = '', H5_ORIGIN = '' } = process.env

const login = await createLogin({
  apps: { [WX_APPID]: WX_SECRET },
  jwtSecret: JWT_SECRET,
  wxApiBaseUrl: WX_API_BASE_URL,
  corsOrigins: [H5_ORIGIN], // for the login's own routes
})

declare module 'express-session' {
  interface SessionData {
    visits: number
  }
}

const app = express()
app.use(helmet()) // any order: it sets headers alone
app.use('/api', login.router) // before sessions: a phone's login needs no cookie

// The admin's pages keep their cookie session. It is another login than a phone's.
const cookies = session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false })
app.get('/admin', cookies, (req, res) => {
  req.session.visits = (req.session.visits ?? 0) + 1
  res.json({ visits: req.session.visits })
})

// Before the guard: a preflight carries no token.
app.use('/orders', cors({ origin: H5_ORIGIN }))
app.get('/orders', login.required, (req, res) => res.json({ of: req.login.userId }))
app.listen(Number(PORT ?? 3000))
