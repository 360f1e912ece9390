import express from 'express'
import { createLogin } from 'miniprogram-login'
import 'miniprogram-login/express'
import serverless from 'serverless-http'

// A function's disk is gone with it: the database is a PostgreSQL, a MySQL or a Redis beside one.
const {
  WX_APPID = '',
  WX_SECRET = '',
  WX_API_BASE_URL,
  JWT_SECRET = '',
  DATABASE_URL,
} = process.env

// Outside of the handler: made once for each instance of the function, not for each request.
const login = await createLogin({
  apps: { [WX_APPID]: WX_SECRET },
  jwtSecret: JWT_SECRET,
  database: DATABASE_URL,
  wxApiBaseUrl: WX_API_BASE_URL,
})

const app = express()
app.use('/api', login.router)
app.get('/orders', login.required, (req, res) => res.json({ of: req.login.userId }))

export const handler = serverless(app)
