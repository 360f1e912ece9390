import type { Request, Response } from 'express'
import { z } from 'zod'
import { type ErrorCode, LoginError } from '../../errors'
import type { Origin } from '../../events'
import type { User } from '../../login/proven-users'
import type { UserSession } from '../../login/user-sessions'
import type { Users } from '../../login/users'
import { sendJson } from '../answer'
import { originOf } from '../context'
import type { Endpoint } from '../endpoint'
import { bodyOf } from '../json-body'
import { told } from '../openapi/json-schema'
import type { Parts } from '../parts'
import { queryValue, readFields } from '../read-request'
import { disableFields, userQuery } from '../request-fields'

const USER_ID = 'AZuEXF0gq2uJ0m0rW5PqWQ'
const ERRORS = [
  'invalid_request',
  'store_unavailable',
  'overloaded',
] as const satisfies readonly ErrorCode[]
const NOBODY = { zh: '没有这个用户', en: 'There is no such user.' }

const request = {
  params: z.object({
    id: told(z.string(), { zh: '我们的用户 id', en: 'Our user id.', example: USER_ID }),
  }),
}

const time = z.iso.datetime()
const later = time.meta({ examples: ['2026-03-02T08:00:00.000Z'] })

const userFields = z.strictObject({
  id: told(z.string().min(1), { zh: '我们的用户 id', en: 'Our user id.', example: USER_ID }),
  appid: z.string().min(1),
  openid: z.string().min(1),
  unionid: z.string().nullable(),
  nickname: z.string().nullable(),
  avatar_url: z.string().nullable(),
  phone_number: z.string().nullable(),
  created_at: time,
  last_login_at: later,
  disabled_at: told(time.nullable(), {
    zh: '停用的时间；没有停用为 null',
    en: 'Since when the user is disabled, or null.',
  }),
  disabled_reason: z.string().nullable(),
})

const sessionFields = z.strictObject({
  id: told(z.string().min(1), {
    zh: '会话的名字，不是凭据',
    en: 'A name of the session, and no credential.',
    example: 'Zx3v9QpL2kMt',
  }),
  created_at: time,
  expires_at: later,
})

function userOf(user: User): z.output<typeof userFields> {
  return {
    id: user.id,
    appid: user.appid,
    openid: user.openid,
    unionid: user.unionid,
    nickname: user.nickname,
    avatar_url: user.avatarUrl,
    phone_number: user.phoneNumber,
    created_at: iso(user.createdAt),
    last_login_at: iso(user.lastLoginAt),
    disabled_at: user.disabledAt === null ? null : iso(user.disabledAt),
    disabled_reason: user.disabledReason,
  }
}

function sessionOf({ id, createdAt, expiresAt }: UserSession): z.output<typeof sessionFields> {
  return { id, created_at: iso(createdAt), expires_at: iso(expiresAt) }
}

const iso = (ms: number) => new Date(ms).toISOString()

/** Looks users up by what a sister service or an admin page knows of them. */
export const findUsersEndpoint: Endpoint = {
  words: {
    summary: { zh: '查找用户', en: 'Finds users.' },
    request: {
      zh: '`?id=`、`?openid=&appid=`、`?unionid=` 或 `?phone=`，一个',
      en: '`?id=`, `?openid=&appid=`, `?unionid=` or `?phone=`, one of them',
    },
    answer: { zh: '没有人时为空', en: 'empty for nobody' },
  },
  request: { query: userQuery },
  answer: { status: 200, body: z.strictObject({ users: z.array(userFields) }) },
  errors: ERRORS,
  async handle(req, res, { people }) {
    const found = await search(req, people.users)
    sendJson(req, res, 200, { users: found.map(userOf) })
  },
}

/** @throws LoginError `invalid_request` for a search by none of the fields, or by several */
async function search(req: Request, users: Users): Promise<readonly User[]> {
  const given = ['id', 'openid', 'unionid', 'phone'].filter(name => queryValue(req, name))
  const [field] = given
  if (field === undefined || given.length > 1) {
    throw new LoginError('invalid_request', { field: given[1] ?? 'id' })
  }
  const value = String(queryValue(req, field))
  if (field === 'unionid') return users.byUnionid(value)
  if (field === 'phone') return users.byPhone(value)
  const user = await (field === 'id' ? users.byId(value) : byOpenid(req, users, value))
  return user ? [user] : []
}

function byOpenid(req: Request, users: Users, openid: string): Promise<User | undefined> {
  const appid = queryValue(req, 'appid')
  // An openid is one mini program's: the same text is nobody, or somebody else, in another one.
  if (!appid) throw new LoginError('invalid_request', { field: 'appid' })
  return users.byOpenid(appid, openid)
}

export const readUserEndpoint: Endpoint = {
  words: { summary: { zh: '一个用户', en: 'Tells one user.' } },
  request,
  answer: { status: 200, body: userFields },
  errors: ['not_found', ...ERRORS],
  async handle(req, res, { people }) {
    sendJson(req, res, 200, userOf(somebody(await people.users.byId(idOf(req)))))
  },
}

export const userSessionsEndpoint: Endpoint = {
  words: { summary: { zh: '一个用户的会话', en: 'Lists the sessions of a user.' } },
  request,
  answer: { status: 200, body: z.strictObject({ sessions: z.array(sessionFields) }) },
  errors: ['not_found', ...ERRORS],
  async handle(req, res, { people }) {
    const { sessions } = somebody(await people.users.export(idOf(req)))
    sendJson(req, res, 200, { sessions: sessions.map(sessionOf) })
  },
}

/** What a person may ask for by right. WeChat's session_key stays on the server. */
export const exportUserEndpoint: Endpoint = {
  words: {
    summary: { zh: '保存的关于此人的一切', en: 'Tells all that is kept about the person.' },
  },
  request,
  answer: {
    status: 200,
    body: z.strictObject({ user: userFields, sessions: z.array(sessionFields) }),
  },
  errors: ['not_found', ...ERRORS],
  async handle(req, res, { people }) {
    const { user, sessions } = somebody(await people.users.export(idOf(req)))
    sendJson(req, res, 200, { user: userOf(user), sessions: sessions.map(sessionOf) })
  },
}

type Change = (
  people: Parts['people'],
  id: string,
  origin: Origin,
  req: Request,
) => Promise<boolean>

/** A change of the operator's: made, told in the audit under this request, and answered. */
function changeEndpoint(zh: string, en: string, change: Change): Endpoint {
  return {
    words: { summary: { zh, en } },
    request,
    answer: { status: 200, body: z.strictObject({ message: z.literal('success!') }) },
    errors: ['not_found', ...ERRORS],
    async handle(req: Request, res: Response, { people }: Parts) {
      const isThere = await change(people, idOf(req), originOf(req), req)
      if (!isThere) throw new LoginError('not_found', { text: NOBODY })
      sendJson(req, res, 200, { message: 'success!' })
    },
  }
}

export const logOutUserEndpoint = changeEndpoint(
  '结束一个用户的全部会话',
  'Ends all sessions of a user.',
  ({ changes }, id, origin) => changes.logOut(id, origin),
)

export const disableUserEndpoint: Endpoint = {
  ...changeEndpoint(
    '停用一个用户：结束全部会话，此后登录为 403',
    'Disables a user: all sessions end, and logins are 403 from then on.',
    ({ changes }, id, origin, req) => {
      const { reason } = readFields(disableFields, bodyOf(req))
      return changes.disable(id, reason, origin)
    },
  ),
  request: { ...request, body: disableFields },
}

export const enableUserEndpoint = changeEndpoint(
  '恢复一个停用的用户',
  'Enables a user again.',
  ({ changes }, id, origin) => changes.enable(id, origin),
)

export const eraseUserEndpoint = changeEndpoint(
  '抹除一个人：保存的一切与全部会话，不可恢复',
  'Erases a person: all that is kept, and all sessions, for good.',
  ({ changes }, id, origin) => changes.erase(id, origin),
)

function somebody<T>(found: T | undefined): T {
  if (found === undefined) throw new LoginError('not_found', { text: NOBODY })
  return found
}

/** A control character in an id is nobody's: PostgreSQL answers a NUL with an error. */
function idOf(req: Request): string {
  const id = String(req.params.id)
  if (/\p{Cc}/u.test(id)) throw new LoginError('not_found', { text: NOBODY })
  return id
}
