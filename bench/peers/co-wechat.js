// co-wechat-api exchanges the code, jsonwebtoken signs and verifies.
const API = require('co-wechat-api')
const express = require('express')
const jwt = require('jsonwebtoken')

const { WX_API_BASE_URL, WX_APPID, WX_SECRET } = process.env
const SECRET = 'a secret of thirty-two bytes or more'

const api = new API(WX_APPID, WX_SECRET)
api.snsPrefix = `${WX_API_BASE_URL}/sns/`

const app = express()
app.use(express.json())
app.post('/login', async (req, res) => {
  const { openid, session_key } = await api.code2Session(req.body.code)
  const token = jwt.sign({ openid, session_key }, SECRET, { expiresIn: '2h' })
  res.json({ token })
})
app.get('/checklogin', (req, res) => {
  try {
    const { openid } = jwt.verify((req.headers.authorization ?? '').slice(7), SECRET)
    res.json({ is_login: true, openid })
  } catch {
    res.status(401).json({ is_login: false })
  }
})
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
