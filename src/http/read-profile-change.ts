import { LoginError } from '../errors'
import type { ProfileChange } from '../store/contract/users'
import { readFields } from './read-request'
import { profileFields } from './request-fields'

type Body = Readonly<Record<string, unknown>>

/** Our name of a field, and WeChat's own, which people copy from `wx.getUserProfile`. */
const SPELLINGS = [
  ['nickname', 'nickName'],
  ['avatar_url', 'avatarUrl'],
] as const

/**
 * What `e.detail.avatarUrl` of the chooseAvatar button begins with: a file on the phone.
 * Source: https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/userProfile.html
 */
const TEMPORARY_PATH =
  /^(?:wxfile:|https?:\/\/tmp[_/]|https?:\/\/usr\/|https?:\/\/(?:127\.0\.0\.1|localhost)[:/])/i

const TEMPORARY_TEXT = {
  zh: '这是手机上的临时文件，别人打不开：先用 wx.uploadFile 上传，再发送得到的 https 地址',
  en: 'This is a temporary file on the phone, which nobody else can open: upload it by wx.uploadFile, then send the https address of the upload.',
}

/**
 * What a body changes of a profile. Null clears a field. An absent one stays as it is.
 *
 * @throws LoginError `invalid_request` with the name of a field that is malformed; of one that is
 *   not known, where none is; or of a second spelling, where both are given
 */
export function readProfileChange(body: Body): ProfileChange {
  const { nickname, avatar_url: avatarUrl } = readFields(profileFields, inOurNames(body))
  return { nickname, avatarUrl }
}

function inOurNames(body: Body): Body {
  const named: Record<string, unknown> = {}
  for (const [ours, theirs] of SPELLINGS) {
    const given = [ours, theirs].filter(name => body[name] !== undefined)
    if (given.length > 1) throw new LoginError('invalid_request', { field: theirs })
    if (given[0] !== undefined) named[ours] = body[given[0]]
  }
  const unknown = Object.keys(body)[0]
  if (unknown !== undefined && Object.keys(named).length === 0 && body[unknown] !== undefined) {
    throw new LoginError('invalid_request', { field: unknownName(unknown) })
  }
  if (typeof named.avatar_url === 'string' && TEMPORARY_PATH.test(named.avatar_url)) {
    throw new LoginError('invalid_request', { field: 'avatar_url', text: TEMPORARY_TEXT })
  }
  return named
}

/** The name of a field is the client's own text: only one that looks like a name is sent back. */
function unknownName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(name) ? name : 'body'
}
