import Fastify, { type FastifyRequest } from 'fastify'
import { createLogin, type LoginContext, LoginError } from 'miniprogram-login'

const { WX_APPID = '', WX_SECRET = '', WX_API_BASE_URL, JWT_SECRET = '', PORT } = process.env
const apps = { [WX_APPID]: WX_SECRET }
const login = await createLogin({ apps, jwtSecret: JWT_SECRET, wxApiBaseUrl: WX_API_BASE_URL })

declare module 'fastify' {
  interface FastifyRequest {
    who: LoginContext | null
  }
}

const tokenOf = ({ headers }: FastifyRequest) => headers.authorization?.replace(/^Bearer /i, '')

async function required(req: FastifyRequest): Promise<void> {
  const token = tokenOf(req)
  if (!token) throw new LoginError('token_missing')
  req.who = await login.authenticate(token)
}

const app = Fastify()
app.decorateRequest('who', null)
app.setErrorHandler((error, req, reply) => {
  if (!(error instanceof LoginError)) return reply.send(error)
  reply.hijack() // login writes the answer, its headers too: WWW-Authenticate, Retry-After
  return login.errorHandler(error, req.raw, reply.raw, () => {})
})

interface Code {
  Body: { code: string } | undefined
}
app.post<Code>('/login', async ({ body, ip }) => {
  const { token, expiresIn, isNewUser } = await login.logIn({ code: body?.code ?? '', ip })
  return { token, expiresIn, isNewUser }
})
app.post('/logout', { preHandler: required }, async req => {
  await login.logOut(tokenOf(req) ?? '')
  return {}
})
app.get('/orders', { preHandler: required }, async req => ({ of: req.who?.userId }))

app.addHook('onClose', () => login.close())
await app.listen({ port: Number(PORT ?? 3000), host: '127.0.0.1' })
