// A tutorial's login with a variable as its database: the token is the millisecond of the login, so
// it can be guessed, and two who come in one millisecond share it.
const http = require('node:http')
const express = require('express4')

const { WX_API_BASE_URL, WX_APPID, WX_SECRET } = process.env

const db = { session: {} }

/** As the package `request` calls back, which tutorials used. */
function request(url, callback) {
  const asked = http.get(url, response => {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', chunk => (body += chunk))
    response.on('end', () => callback(null, response, body))
  })
  asked.on('error', error => callback(error))
}

const app = express()
app.use(express.json())
app.post('/login', (req, res) => {
  const query = `appid=${WX_APPID}&secret=${WX_SECRET}&js_code=${req.body.code}&grant_type=authorization_code`
  request(`${WX_API_BASE_URL}/sns/jscode2session?${query}`, (error, _response, body) => {
    if (error) return res.status(500).json({ message: 'error' })
    let session
    try {
      session = JSON.parse(body)
    } catch {
      return res.status(500).json({ message: 'error' })
    }
    const token = `token_${Date.now()}`
    db.session[token] = session
    res.json({ token })
  })
})
app.get('/checklogin', (req, res) => {
  const session = db.session[req.query.token]
  res.json({ is_login: session !== undefined, openid: session?.openid })
})
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
