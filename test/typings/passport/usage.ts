import type { Express, Request } from 'express'
import { createLogin } from 'miniprogram-login'
import passport from 'passport'

/** Beside Passport, whose types claim `req.login`, ours ask for nothing to be imported. */
export async function mount(app: Express): Promise<void> {
  const login = await createLogin({ apps: {}, jwtSecret: '', property: 'auth' })
  app.use(passport.initialize())
  app.get('/', login.required, (req: Request, res) => {
    req.login({}, () => {})
    const userId: string = login.of(req).userId
    const maybe: string | undefined = login.of(req, { optional: true })?.openid
    // @ts-expect-error nobody may be asking
    const always: string = login.of(req, { optional: true }).openid
    res.json({ userId, maybe, always })
  })
}
