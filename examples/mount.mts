import express from 'express'
import { createLogin } from 'miniprogram-login'
import 'miniprogram-login/express' // req.login 的类型 / types req.login

const { WX_APPID = '', WX_SECRET = '', JWT_SECRET = '' } = process.env
const login = await createLogin({
  apps: { [WX_APPID]: WX_SECRET },
  jwtSecret: JWT_SECRET,
  database: 'sqlite:./data/login.db',
})

const app = express()
app.use('/api', login.router) // /api/login, /api/checklogin, …
app.get('/orders', login.required, (req, res) => res.json({ of: req.login.userId }))
app.listen(3000)
