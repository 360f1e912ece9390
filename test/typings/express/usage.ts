import type { Express } from 'express'
import { createLogin } from 'miniprogram-login'
import 'miniprogram-login/express'

export async function mount(app: Express): Promise<void> {
  const login = await createLogin({ apps: {}, jwtSecret: '' })
  app.get('/', login.required, (req, res) => {
    const userId: string = req.login.userId
    res.json({ userId })
  })
  app.use(login.errorHandler)
}
