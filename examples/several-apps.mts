import express from 'express'
import { createLogin } from 'miniprogram-login'
import 'miniprogram-login/express'

const {
  SHOP_SECRET = '',
  SHOP_SECRET_PREVIOUS = '',
  CLUB_SECRET = '',
  JWT_SECRET = '',
} = process.env
const shop = 'wxaaaaaaaaaaaaaaaa'
const club = 'wxbbbbbbbbbbbbbbbb'
const login = await createLogin({
  apps: { [shop]: [SHOP_SECRET, SHOP_SECRET_PREVIOUS], [club]: CLUB_SECRET },
  jwtSecret: JWT_SECRET,
})

const app = express()
app.use('/api', login.router)
app.get('/orders', login.requiredFor(shop), (req, res) => res.json({ of: req.login.userId }))
// Express 5；Express 4 见 docs/library.md / for Express 4 see docs/library.md
app.get('/points', login.required, async (req, res) => {
  const { userId, unionid } = req.login
  const linked = unionid === undefined ? [] : await login.users.byUnionid(unionid)
  res.json({ of: [...new Set([userId, ...linked.map(({ id }) => id)])] })
})
app.listen(3000)
