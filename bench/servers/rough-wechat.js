// A WeChat on a bad day: 50 ms away, a code works once (40163 from then on), one call in a hundred
// hangs, and another one gets a gateway's page. Such a call does not spend its code. GET /seen tells
// the calls and the codes so far. A code that begins with `bad` was never given out (40029).
const { createHash } = require('node:crypto')
const http = require('node:http')
const { createRandom } = require('../seeded-random')

const DELAY_MS = 50
const random = createRandom(Number(process.env.SEED))
const calls = new Map()
const spent = new Set()

const PAGE = '<html><body><h1>502 Bad Gateway</h1></body></html>'

/** Of the code's own, so that everybody knows who it was. */
function answerTo(code) {
  if (code.startsWith('bad')) return { errcode: 40029, errmsg: 'invalid code' }
  if (spent.has(code)) return { errcode: 40163, errmsg: 'code been used' }
  spent.add(code)
  const hash = createHash('sha256').update(code).digest()
  return { session_key: hash.subarray(0, 16).toString('base64'), openid: `o${code.slice(-27)}` }
}

function send(res, status, type, body) {
  res.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  res.end(body)
}

const server = http.createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://stub')
  if (pathname === '/seen') {
    const all = [...calls.values()].reduce((sum, each) => sum + each, 0)
    return send(res, 200, 'application/json', JSON.stringify({ calls: all, codes: calls.size }))
  }
  const code = searchParams.get('js_code') ?? ''
  calls.set(code, (calls.get(code) ?? 0) + 1)
  const luck = random.below(100)
  if (luck === 0) return
  // WeChat labels its JSON as plain text.
  setTimeout(() => {
    if (luck === 1) send(res, 502, 'text/html', PAGE)
    else send(res, 200, 'text/plain', JSON.stringify(answerTo(code)))
  }, DELAY_MS)
})
server.keepAliveTimeout = 75_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
