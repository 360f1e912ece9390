import Koa, { type Context, type Next } from 'koa'
import { createLogin, LoginError } from 'miniprogram-login'

const { WX_APPID = '', WX_SECRET = '', WX_API_BASE_URL, JWT_SECRET = '', PORT } = process.env
const apps = { [WX_APPID]: WX_SECRET }
const login = await createLogin({ apps, jwtSecret: JWT_SECRET, wxApiBaseUrl: WX_API_BASE_URL })

/** First of all middleware: a LoginError from any of them, in the shape of docs/errors.md. */
async function answerLoginErrors(ctx: Context, next: Next): Promise<void> {
  try {
    await next()
  } catch (error) {
    if (!(error instanceof LoginError)) throw error
    ctx.respond = false // login writes the answer, its headers too: WWW-Authenticate, Retry-After
    login.errorHandler(error, ctx.req, ctx.res, () => {})
  }
}

const tokenOf = (ctx: Context): string => {
  const token = ctx.get('Authorization').replace(/^Bearer /i, '')
  if (token === '') throw new LoginError('token_missing')
  return token
}

async function required(ctx: Context, next: Next): Promise<void> {
  ctx.state.who = await login.authenticate(tokenOf(ctx))
  await next()
}

/** The code comes in `X-WX-Code`: Koa reads no bodies by itself. */
async function logIn(ctx: Context): Promise<void> {
  const { token, expiresIn } = await login.logIn({ code: ctx.get('X-WX-Code'), ip: ctx.ip })
  ctx.body = { token, expiresIn }
}

async function logOut(ctx: Context): Promise<void> {
  await login.logOut(tokenOf(ctx))
  ctx.body = {}
}

const app = new Koa()
app.use(answerLoginErrors)
app.use(async (ctx, next) => {
  if (ctx.path === '/login' && ctx.method === 'POST') return logIn(ctx)
  if (ctx.path === '/logout' && ctx.method === 'POST') return logOut(ctx)
  await next()
})
app.use(required)
app.use(async ctx => {
  ctx.body = { of: ctx.state.who.userId }
})
app.listen(Number(PORT ?? 3000))
