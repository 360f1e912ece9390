// Fastify with @fastify/jwt, and the code exchanged by Node's own fetch.
const app = require('fastify')()
const { WX_API_BASE_URL, WX_APPID, WX_SECRET } = process.env

app.register(require('@fastify/jwt'), {
  secret: 'a secret of thirty-two bytes or more',
  sign: { expiresIn: '2h' },
})
const code = { type: 'string', minLength: 1 }
const schema = { body: { type: 'object', required: ['code'], properties: { code } } }
app.post('/login', { schema }, async (request, reply) => {
  const query = new URLSearchParams({
    appid: WX_APPID,
    secret: WX_SECRET,
    js_code: request.body.code,
    grant_type: 'authorization_code',
  })
  const response = await fetch(`${WX_API_BASE_URL}/sns/jscode2session?${query}`)
  const { openid, session_key } = await response.json()
  if (!openid) return reply.code(401).send({ message: 'login failed' })
  return { token: await reply.jwtSign({ openid, session_key }) }
})
app.get('/checklogin', async (request, reply) => {
  try {
    const { openid } = await request.jwtVerify()
    return { is_login: true, openid }
  } catch {
    return reply.code(401).send({ is_login: false })
  }
})
app.listen({ port: 0, host: '127.0.0.1' }, (error, address) => {
  if (error) throw error
  process.stdout.write(`${address}\n`)
})
