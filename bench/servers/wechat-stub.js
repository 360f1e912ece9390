// WeChat's code exchange and nothing else, answered at once. The simulator records every call and
// plays faults: it would be slower than the logins that are measured, and would set their pace.
// After GET /hang it takes calls and answers none, until GET /heal.
const { createHash } = require('node:crypto')
const http = require('node:http')

let hangs = false

const server = http.createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://stub')
  if (pathname === '/hang' || pathname === '/heal') hangs = pathname === '/hang'
  else if (hangs) return
  const code = searchParams.get('js_code')
  const known = pathname === '/sns/jscode2session' && code
  const hash = known && createHash('sha256').update(code).digest()
  const body = JSON.stringify(
    known
      ? {
          session_key: hash.subarray(0, 16).toString('base64'),
          openid: `o${hash.toString('base64url').slice(0, 27)}`,
        }
      : { errcode: 40029, errmsg: 'invalid code' },
  )
  // WeChat labels its JSON as plain text.
  res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body) })
  res.end(body)
})
// Longer than the pause between two rounds, so that no client meets a connection being closed.
server.keepAliveTimeout = 75_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
