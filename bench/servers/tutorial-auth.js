// A tutorial's login by a link: GET /auth?code=… signs what WeChat answers, POST /isAuth verifies it.
const axios = require('axios')
const express = require('express4')
const jwt = require('jsonwebtoken')

const { WX_API_BASE_URL, WX_APPID, WX_SECRET } = process.env
const SECRET = 'a secret for tutorials'

const app = express()
app.use(express.json())
app.get('/auth', async (req, res) => {
  try {
    const { data } = await axios.get(`${WX_API_BASE_URL}/sns/jscode2session`, {
      params: {
        appid: WX_APPID,
        secret: WX_SECRET,
        js_code: req.query.code,
        grant_type: 'authorization_code',
      },
    })
    const { session_key, openid } = data
    res.json({ code: 0, token: jwt.sign({ session_key, openid }, SECRET, { expiresIn: '7d' }) })
  } catch {
    res.status(500).json({ code: -1 })
  }
})
app.post('/isAuth', (req, res) => {
  try {
    const { openid } = jwt.verify(req.body.token, SECRET)
    res.json({ code: 0, is_login: true, openid })
  } catch {
    res.json({ code: -1, is_login: false })
  }
})
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
