// A tutorial's login on Express 4: it prints everything, signs openid and session_key by a string,
// and asks nobody whether the token still counts.
const axios = require('axios')
const express = require('express4')
const jwt = require('jsonwebtoken')
const morgan = require('morgan')

const { WX_API_BASE_URL, WX_APPID, WX_SECRET } = process.env
const SECRET = 'a secret for tutorials'

const app = express()
app.use(morgan('dev'))
app.use(express.json())
app.post('/login', (req, res) => {
  const { code } = req.body
  const query = `appid=${WX_APPID}&secret=${WX_SECRET}&js_code=${code}&grant_type=authorization_code`
  axios
    .get(`${WX_API_BASE_URL}/sns/jscode2session?${query}`)
    .then(({ data }) => {
      // biome-ignore lint/suspicious/noConsole: it is part of what tutorials do, and of its cost
      console.log(data)
      const { openid, session_key } = data
      const token = jwt.sign({ openid, session_key }, SECRET, { expiresIn: '2h' })
      res.json({ message: 'success!', token })
    })
    .catch(error => res.status(500).json({ message: error.message }))
})
app.get('/checklogin', (req, res) => {
  const token = (req.headers.authorization ?? '').replace('Bearer ', '')
  jwt.verify(token, SECRET, (error, claims) => {
    // biome-ignore lint/suspicious/noConsole: it is part of what tutorials do, and of its cost
    console.log(claims)
    if (error) res.status(401).json({ is_login: false })
    else res.json({ is_login: true, openid: claims.openid })
  })
})
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
