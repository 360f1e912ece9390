import { z } from 'zod'
import type { ErrorCode } from '../../errors'
import { publicSessionId } from '../../login/public-session-id'
import { sendJson } from '../answer'
import { originOf } from '../context'
import type { Endpoint } from '../endpoint'
import { identityOf } from '../found-login'
import { told } from '../openapi/json-schema'

const SESSION_ID = 'Zx3v9QpL2kMt'

const sessionsAnswer = z.strictObject({
  sessions: z.array(
    z.strictObject({
      id: told(z.string().min(1), {
        zh: '会话的名字，不是凭据',
        en: 'A name of the session, and no credential.',
        example: SESSION_ID,
      }),
      is_current: told(z.boolean(), {
        zh: '正是这次请求的会话',
        en: 'Whether it is the session of this request.',
      }),
      created_at: told(z.iso.datetime(), { zh: '登录的时间', en: 'When it began.' }),
      expires_at: told(z.iso.datetime(), {
        zh: '最晚结束的时间',
        en: 'When it ends at the latest.',
        example: '2026-03-02T08:00:00.000Z',
      }),
    }),
  ),
})

const ERRORS = ['store_unavailable', 'overloaded'] as const satisfies readonly ErrorCode[]

export const listSessionsEndpoint: Endpoint = {
  topic: 'user',
  sdk: 'await login.sessions()',
  words: {
    summary: { zh: '该用户的会话，新的在前', en: 'Lists the user’s sessions, the newest first.' },
    answer: {
      zh: '每一个是 `{id, is_current, created_at, expires_at}`；`id` 不是凭据',
      en: 'each is `{id, is_current, created_at, expires_at}`; `id` is no credential',
    },
  },
  request: {},
  answer: { status: 200, body: sessionsAnswer },
  errors: ERRORS,
  async handle(req, res, { sessions }) {
    const { id: current, userId } = identityOf(req).session
    const currentId = publicSessionId(current)
    const answer: z.output<typeof sessionsAnswer> = {
      sessions: (await sessions.list(userId)).map(({ id, createdAt, expiresAt }) => ({
        id,
        is_current: id === currentId,
        created_at: new Date(createdAt).toISOString(),
        expires_at: new Date(expiresAt).toISOString(),
      })),
    }
    sendJson(req, res, 200, answer)
  },
}

const endedAnswer = z.strictObject({ message: z.literal('success!') })

export const endSessionEndpoint: Endpoint = {
  topic: 'user',
  sdk: `await login.endSession('${SESSION_ID}')`,
  words: {
    summary: { zh: '结束自己的一个会话', en: 'Ends one of the user’s own sessions.' },
    request: { zh: '`id` 来自 `/sessions`', en: '`id` as in `/sessions`' },
    answer: {
      zh: '下一个请求即失效；别人的或不存在的为 404',
      en: 'the next request fails; 404 for another’s or none',
    },
  },
  request: {
    params: z.object({
      id: told(z.string(), {
        zh: '来自 `/sessions`',
        en: 'As in `/sessions`.',
        example: SESSION_ID,
      }),
    }),
  },
  answer: { status: 200, body: endedAnswer },
  errors: ['not_found', ...ERRORS],
  async handle(req, res, { sessions }) {
    await sessions.end(identityOf(req).session, String(req.params.id), originOf(req))
    const answer: z.output<typeof endedAnswer> = { message: 'success!' }
    sendJson(req, res, 200, answer)
  },
}
