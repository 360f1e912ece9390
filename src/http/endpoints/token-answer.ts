import { z } from 'zod'
import type { IssuedToken } from '../../login/token-issuer'
import { told } from '../openapi/json-schema'

/** What a login and a renewal answer. */
export const tokenAnswer = z.strictObject({
  message: z.literal('success!'),
  token: told(z.string().min(1), {
    zh: '放在之后每个请求的 Authorization: Bearer 里',
    en: 'Goes into Authorization: Bearer of every request from now on.',
    example: 'eyJ…',
  }),
  token_type: z.literal('Bearer'),
  expires_in: told(z.int().nonnegative(), {
    zh: '令牌还有多少秒',
    en: 'Seconds that the token runs.',
    example: 7200,
  }),
  is_new_user: told(z.boolean(), {
    zh: '该用户第一次登录',
    en: 'Whether this is the first login of the user.',
  }),
})

export type TokenAnswer = z.output<typeof tokenAnswer>

export function answerOfToken({ token, expiresIn }: IssuedToken, isNewUser: boolean): TokenAnswer {
  return {
    message: 'success!',
    token,
    token_type: 'Bearer',
    expires_in: expiresIn,
    is_new_user: isNewUser,
  }
}
