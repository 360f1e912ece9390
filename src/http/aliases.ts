import type { Request, Response } from 'express'
import type { ErrorCode, LoginError } from '../errors'
import type { CheckLogin } from '../login/check-login'
import { sendJson } from './answer'
import type { JsonObject } from './json-body'
import type { LoginByRequest } from './login-route'
import { queryValue } from './read-request'

type Handler = (req: Request, res: Response) => Promise<void>

/** The same login in the envelopes that published clients already read; no logic of its own. */
export interface Aliases {
  auth: Handler
  isAuth: Handler
  onlogin: Handler
}

/** How `/auth` says that it failed. */
export function authFailure(error: LoginError): { code: ErrorCode; message: string } {
  return { code: error.code, message: error.body('').message }
}

export function createAliases(login: LoginByRequest, checkLogin: CheckLogin): Aliases {
  return {
    async auth(req, res) {
      const { token } = await login(req, codeAnywhere(req))
      sendJson(req, res, 200, { code: '200', message: '登录', data: { token } })
    },

    async isAuth(req, res) {
      const { token } = req.body as JsonObject
      if (typeof token !== 'string' || token === '') {
        sendJson(req, res, 200, { code: '10119', message: 'token必须传递' })
        return
      }
      const state = await checkLogin(token)
      if (!state.isLogin) {
        sendJson(req, res, 200, { code: '10200', message: 'token已过期' })
        return
      }
      const data = { is_login: true, expires_in: state.expiresIn }
      sendJson(req, res, 200, { code: '200', message: '验证成功', data })
    },

    async onlogin(req, res) {
      const { token } = await login(req, codeAnywhere(req))
      sendJson(req, res, 200, { sessionid: token })
    },
  }
}

/** These clients send the code in the query or in the body. */
function codeAnywhere(req: Request): JsonObject {
  const body = (req.body ?? {}) as JsonObject
  return {
    code: body.code ?? queryValue(req, 'code'),
    appid: body.appid ?? queryValue(req, 'appid'),
  }
}
