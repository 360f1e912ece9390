// The business server of a mini program: one handler behind our guard and the same without it, with
// the request log and the HTTP server of the standalone service around both.
const { Router } = require('express')
const { createLogin } = require('../../dist/index')
const { createStandalone } = require('../../dist/http/standalone')
const { createLog } = require('../../dist/log')
const { createSink } = require('../../dist/log-sink')
const { PATIENCE } = require('../../dist/patience')
const { createHttpServer } = require('../../dist/server/http-server')

async function main({ WX_APPID, WX_SECRET, WX_API_BASE_URL, JWT_SECRET, DATABASE_URL }) {
  const { write } = createSink({ fd: 1 })
  const log = createLog({ format: 'json', write, secrets: [] })
  const login = await createLogin({
    apps: { [WX_APPID]: WX_SECRET },
    wxApiBaseUrl: WX_API_BASE_URL,
    jwtSecret: JWT_SECRET,
    database: DATABASE_URL,
    rateLimit: 'off',
    log,
  })
  const answer = (_req, res) => res.json({ orders: [] })
  const router = Router()
  router.get('/open', answer)
  router.get('/guarded', login.required, answer)
  router.use(login.router)
  const app = createStandalone({
    router,
    requestLog: { format: 'json', write },
    now: Date.now,
    log,
  })
  const server = createHttpServer(app, { log, patience: PATIENCE })
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
  })
}

main(process.env).catch(error => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
