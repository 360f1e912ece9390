import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import express, { type Request, type RequestHandler } from 'express'
import { createLogin } from 'miniprogram-login'

/**
 * Token and EncodingAESKey of the console: 开发管理 → 消息推送, 安全模式, JSON. In 明文模式 the
 * signature does not cover the body: whoever has seen one signed address could have anybody erased.
 * So a push that is not encrypted is refused.
 */
const { WX_PUSH_TOKEN: pushToken = '', WX_PUSH_AES_KEY: encodingAesKey = '' } = process.env
if (pushToken === '' || encodingAesKey.length !== 43) {
  throw new Error(
    'set WX_PUSH_TOKEN and WX_PUSH_AES_KEY, as the console of the mini program has them',
  )
}
const aesKey = Buffer.from(encodingAesKey, 'base64')

const { WX_APPID = '', WX_SECRET = '', WX_API_BASE_URL, JWT_SECRET = '', PORT } = process.env
const apps = { [WX_APPID]: WX_SECRET }
const login = await createLogin({ apps, jwtSecret: JWT_SECRET, wxApiBaseUrl: WX_API_BASE_URL })

/** https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html */
function isSigned(signature: unknown, ...parts: readonly unknown[]): boolean {
  const text = [pushToken, ...parts.map(String)].sort().join('')
  const right = createHash('sha1').update(text).digest()
  const given = Buffer.from(String(signature), 'hex')
  return given.length === right.length && timingSafeEqual(given, right)
}

/** 16 random bytes, the length of the message in 4, the message, the appid; filled to 32 bytes. */
function decrypt(encrypted: string): { appid: string; message: string } {
  const decipher = createDecipheriv('aes-256-cbc', aesKey, aesKey.subarray(0, 16))
  decipher.setAutoPadding(false)
  const full = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()])
  const end = 20 + full.readUInt32BE(16)
  const filled = full.at(-1) ?? 0
  return {
    appid: full.subarray(end, full.length - filled).toString(),
    message: full.subarray(20, end).toString(),
  }
}

/** https://developers.weixin.qq.com/miniprogram/dev/framework/security.html, 授权用户信息变更 */
interface Push {
  readonly Event?: string
  readonly AppID?: string
  readonly OpenID?: string
  /** Seconds since 1970. */
  readonly CreateTime?: number
  readonly RevokeInfo?: string
}

/** What the service may keep of a person, by the numbers of RevokeInfo. */
const PHONE = ['8']
const PROFILE = ['6', '19', '20']

/**
 * Forgets the person, who logs in again as a new user. What your own tables keep under the user id
 * is yours to delete, and before this: the id is gone afterwards.
 *
 * WeChat repeats a push that it had no answer to. By then the person may have come back, and a user
 * who began after the event is not the one whom it means.
 */
async function forget(appid: string, push: Push): Promise<void> {
  const { Event: event, OpenID: openid = '', CreateTime: at = 0 } = push
  const user = await login.users.byOpenid(appid, openid)
  if (!user || Math.floor(user.createdAt / 1000) > at) return
  const revoked = push.RevokeInfo?.split(',') ?? []
  const has = (numbers: readonly string[]) => revoked.some(each => numbers.includes(each.trim()))
  const isKept =
    (has(PHONE) && user.phoneNumber !== null) ||
    (has(PROFILE) && (user.nickname !== null || user.avatarUrl !== null))
  if (event === 'user_authorization_cancellation' || isKept) await login.users.erase(user.id)
}

/** Answers 401 to a stranger. An error goes to the error handler, by which WeChat tries again. */
async function take({ query, body }: Request): Promise<200 | 401> {
  const { msg_signature, timestamp, nonce } = query
  const encrypted: unknown = body?.Encrypt
  if (typeof encrypted !== 'string') return 401
  if (!isSigned(msg_signature, timestamp, nonce, encrypted)) return 401
  const { appid, message } = decrypt(encrypted)
  if (appid !== WX_APPID) return 401
  const push = JSON.parse(message) as Push
  const events = ['user_authorization_revoke', 'user_authorization_cancellation']
  if (push.AppID === appid && events.includes(push.Event ?? '')) await forget(appid, push)
  return 200
}

const events = express.Router()
/** The console asks this once, when the address is saved. */
events.get('/', ({ query: { signature, timestamp, nonce, echostr } }, res) => {
  if (!isSigned(signature, timestamp, nonce)) return void res.sendStatus(401)
  res.type('text/plain').send(String(echostr))
})
const onPush: RequestHandler = (req, res, next) => {
  take(req).then(
    status => void res.status(status).send(status === 200 ? 'success' : ''),
    error => next(error),
  )
}
events.post('/', express.json({ type: () => true, limit: '64kb' }), onPush)

const app = express()
app.use('/api', login.router)
app.use('/wechat/events', events)
app.use(login.errorHandler)
app.listen(Number(PORT ?? 3000))
