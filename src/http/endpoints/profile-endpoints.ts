import { z } from 'zod'
import type { ErrorCode } from '../../errors'
import type { User } from '../../store/contract/users'
import { sendJson } from '../answer'
import type { Endpoint } from '../endpoint'
import { identityOf } from '../found-login'
import { bodyOf } from '../json-body'
import { told } from '../openapi/json-schema'
import { readProfileChange } from '../read-profile-change'
import { profileFields } from '../request-fields'

/** No openid, no unionid, no session_key: those stay on the server. */
const profileAnswer = z.strictObject({
  id: told(z.string().min(1), {
    zh: '我们的用户 id，不变；不是 openid',
    en: 'Our id of the user. It is stable, and is not the openid.',
    example: 'AZl-Oo9rfCGdBFseLzpMXQ',
  }),
  appid: told(z.string().min(1), {
    zh: '用户来自哪个小程序',
    en: 'The mini program that the user came by.',
    example: 'wx0000000000000000',
  }),
  nickname: told(z.string().nullable(), {
    zh: '昵称；null：没有',
    en: 'The nickname, null for none.',
    example: '小明',
  }),
  avatar_url: told(z.string().nullable(), {
    zh: '头像的 https 地址；null：没有',
    en: 'The https address of the avatar, null for none.',
    example: 'https://cdn.example.com/alice.png',
  }),
  phone_number: told(z.string().nullable(), {
    zh: '手机号；null：没有取过',
    en: 'The phone number, null where none was asked for.',
    example: '13800138000',
  }),
  created_at: told(z.iso.datetime(), { zh: '第一次登录', en: 'The first login.' }),
  last_login_at: told(z.iso.datetime(), {
    zh: '最近一次登录',
    en: 'The latest login.',
    example: '2026-03-02T08:00:00.000Z',
  }),
})

const ERRORS = [
  'session_ended',
  'store_unavailable',
  'overloaded',
] as const satisfies readonly ErrorCode[]

export const readProfileEndpoint: Endpoint = {
  topic: 'user',
  sdk: 'await login.me()',
  words: { summary: { zh: '当前用户', en: 'Tells who is logged in.' } },
  request: {},
  answer: { status: 200, body: profileAnswer },
  errors: ERRORS,
  async handle(req, res, { profile }) {
    const user = await profile.read(identityOf(req).session)
    sendJson(req, res, 200, answerOf(user))
  },
}

export const changeProfileEndpoint: Endpoint = {
  topic: 'user',
  sdk: "await login.updateMe({ nickname: '小明' })",
  words: {
    summary: { zh: '修改昵称与头像', en: 'Changes nickname and avatar.' },
    request: {
      zh: '`{nickname?, avatar_url?}`，`null` 清除；也收 `nickName`、`avatarUrl`',
      en: '`{nickname?, avatar_url?}`, `null` clears; `nickName`, `avatarUrl` are taken, too',
    },
  },
  request: { body: profileFields },
  answer: { status: 200, body: profileAnswer },
  errors: ['invalid_request', ...ERRORS],
  async handle(req, res, { profile }) {
    const change = readProfileChange(bodyOf(req))
    const user = await profile.change(identityOf(req).session, change)
    sendJson(req, res, 200, answerOf(user))
  },
}

function answerOf(user: User): z.output<typeof profileAnswer> {
  return {
    id: user.id,
    appid: user.appid,
    nickname: user.nickname,
    avatar_url: user.avatarUrl,
    phone_number: user.phoneNumber,
    created_at: new Date(user.createdAt).toISOString(),
    last_login_at: new Date(user.lastLoginAt).toISOString(),
  }
}
