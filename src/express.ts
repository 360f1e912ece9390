import type { LoginContext } from './login/login-context'

/**
 * `import 'miniprogram-login/express'` gives `req.login` its type. It is apart from the library,
 * because Passport's types claim the same name: beside those, read `login.of(req)`.
 */
declare global {
  namespace Express {
    interface Request {
      /** Who is asking; there only behind `login.required`. */
      login: LoginContext
    }
  }
}
