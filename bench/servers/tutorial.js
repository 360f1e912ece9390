// The login that tutorials show: exchange the code, print the answer, sign it, keep nothing.
const axios = require('axios')
const express = require('express')
const jwt = require('jsonwebtoken')
const morgan = require('morgan')

const { WX_API_BASE_URL, WX_APPID, WX_SECRET } = process.env
const SECRET = 'a secret for tutorials'

const app = express()
app.use(morgan('dev'))
app.use(express.json())
app.post('/login', async (req, res) => {
  const { data } = await axios.get(`${WX_API_BASE_URL}/sns/jscode2session`, {
    params: {
      appid: WX_APPID,
      secret: WX_SECRET,
      js_code: req.body.code,
      grant_type: 'authorization_code',
    },
  })
  // biome-ignore lint/suspicious/noConsole: it is part of what tutorials do, and of its cost
  console.log(data)
  const { openid, session_key } = data
  res.json({ message: 'success!', token: jwt.sign({ openid, session_key }, SECRET) })
})
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
