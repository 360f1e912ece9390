// better-auth with an endpoint of a plugin's own for the code, and its bearer sessions. Its rows are
// in memory, where nothing has to reach a disk.
const express = require('express')

const { WX_API_BASE_URL, WX_APPID, WX_SECRET } = process.env

async function main() {
  const { betterAuth } = await import('better-auth')
  const { memoryAdapter } = await import('better-auth/adapters/memory')
  const { APIError, createAuthEndpoint } = await import('better-auth/api')
  const { fromNodeHeaders } = await import('better-auth/node')
  const { bearer } = await import('better-auth/plugins')
  const { z } = await import('zod')

  async function exchange(code) {
    const query = new URLSearchParams({
      appid: WX_APPID,
      secret: WX_SECRET,
      js_code: code,
      grant_type: 'authorization_code',
    })
    const response = await fetch(`${WX_API_BASE_URL}/sns/jscode2session?${query}`)
    const { openid } = await response.json()
    if (!openid) throw new APIError('UNAUTHORIZED')
    return openid
  }

  const body = z.object({ code: z.string() })
  const logIn = createAuthEndpoint('/login', { method: 'POST', body }, async ctx => {
    const openid = await exchange(ctx.body.code)
    const { internalAdapter } = ctx.context
    const email = `${openid.toLowerCase()}@users.example`
    const found = await internalAdapter.findUserByEmail(email)
    const user = found?.user ?? (await internalAdapter.createUser({ email, name: openid }))
    const session = await internalAdapter.createSession(user.id)
    return ctx.json({ token: session.token })
  })

  const auth = betterAuth({
    baseURL: 'http://127.0.0.1',
    secret: 'a secret of thirty-two bytes or more',
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    plugins: [bearer(), { id: 'mini-program', endpoints: { logIn } }],
    telemetry: { enabled: false },
    logger: { disabled: true },
  })

  const app = express()
  app.use(express.json())
  app.post('/login', async (req, res) => {
    try {
      res.json(await auth.api.logIn({ body: req.body }))
    } catch (error) {
      res.status(error.statusCode ?? 500).json({ message: 'login failed' })
    }
  })
  app.get('/checklogin', async (req, res) => {
    const found = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) })
    if (found) res.json({ is_login: true, openid: found.user.name })
    else res.status(401).json({ is_login: false })
  })
  const server = app.listen(0, '127.0.0.1', () => {
    process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
  })
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
