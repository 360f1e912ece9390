import { createCipheriv, createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { SIMULATOR_APP } from '../../../src/simulator/index'
import { ask, type Recipe, startRecipe } from '../../support/recipe'
import { EXPRESS_VERSIONS, runExample } from '../../support/run-example'
import { temporaryFolder } from '../../support/temporary'

const PATH = 'examples/recipes/wechat-events/server.mts'
const TOKEN = 'sampletoken'
const AES_KEY = 'SampleKey'.padEnd(43, 'x')
const PUSH = { WX_PUSH_TOKEN: TOKEN, WX_PUSH_AES_KEY: AES_KEY }
const sha1 = (...parts: readonly string[]) =>
  createHash('sha1')
    .update([...parts].sort().join(''))
    .digest('hex')

/** As the page of 消息推送 says: random, length, message, appid, filled to 32 bytes. */
function encrypt(message: string, appid: string): string {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(Buffer.byteLength(message))
  const full = Buffer.concat([Buffer.alloc(16, 'r'), length, Buffer.from(message + appid)])
  const filled = 32 - (full.length % 32)
  const key = Buffer.from(AES_KEY, 'base64')
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  const padding = Buffer.alloc(filled, filled)
  return Buffer.concat([cipher.update(full), cipher.update(padding), cipher.final()]).toString(
    'base64',
  )
}

interface Sent {
  readonly appid?: string
  readonly token?: string
  readonly signature?: string
  /** What is sent in the place of the encrypted message. */
  readonly body?: object
}

/** The push of an event, as WeChat makes it in 安全模式. */
function sendPush(url: string, event: object, sent: Sent = {}) {
  const { appid = SIMULATOR_APP.appid, token = TOKEN } = sent
  const [timestamp, nonce] = ['1714112445', '415670741']
  const encrypted = encrypt(JSON.stringify(event), appid)
  const signature = sent.signature ?? sha1(token, timestamp, nonce, encrypted)
  const plain = sha1(TOKEN, timestamp, nonce)
  const query = new URLSearchParams({
    timestamp,
    nonce,
    signature: plain,
    msg_signature: signature,
  })
  query.set('encrypt_type', 'aes')
  const data = sent.body ?? { ToUserName: 'gh_000000000000', Encrypt: encrypted }
  return ask(`${url}/wechat/events?${query}`, { data })
}

const nowSeconds = () => Math.floor(Date.now() / 1000)

describe.each(EXPRESS_VERSIONS)('examples/recipes/wechat-events (%s)', express => {
  let recipe: Recipe
  beforeAll(async () => {
    recipe = await startRecipe(PATH, { express, env: PUSH })
  })
  afterAll(() => recipe?.stop())

  async function logIn(user: string) {
    const data = { code: recipe.simulator.mintCode({ user }) }
    const { token, is_new_user } = (await ask(`${recipe.url}/api/login`, { data })).body
    return { token: String(token), isNew: is_new_user as boolean }
  }
  const isLoggedIn = async (token: string): Promise<boolean> =>
    (await ask(`${recipe.url}/api/checklogin`, { token })).body.is_login
  const sharePhone = (user: string, token: string) =>
    ask(`${recipe.url}/api/phone`, {
      ...{ token, data: { code: recipe.simulator.mintPhoneCode({ user }) } },
    })
  /** An event about a user, with the fields and the spelling of the page of 安全指引. */
  const event = (name: string, user: string, more: object = {}) => ({
    ToUserName: 'gh_000000000000',
    FromUserName: recipe.simulator.user('nobody').openid,
    CreateTime: nowSeconds(),
    MsgType: 'event',
    Event: name,
    OpenID: recipe.simulator.user(user).openid,
    AppID: SIMULATOR_APP.appid,
    ...more,
  })
  const cancelled = (user: string, more?: object) =>
    event('user_authorization_cancellation', user, more)
  const revoked = (user: string, RevokeInfo: string) =>
    event('user_authorization_revoke', user, { RevokeInfo })

  test('who cancelled the account is erased: the session ends, and the next login is a new user', async () => {
    const { token } = await logIn('cancels')
    const answer = await sendPush(recipe.url, cancelled('cancels'))
    expect([answer.status, answer.body]).toEqual([200, 'success'])
    expect(await isLoggedIn(token)).toBe(false)
    expect((await logIn('cancels')).isNew).toBe(true)
  })

  test('WeChat may repeat a push: it is answered, and who has come back since stays', async () => {
    await logIn('returns')
    const push = cancelled('returns')
    await sendPush(recipe.url, push)
    expect((await sendPush(recipe.url, push)).status).toBe(200)
    // The second of the event has to be over: its time has no fraction.
    while (nowSeconds() <= push.CreateTime) await sleep(50)
    const { token } = await logIn('returns')
    expect((await sendPush(recipe.url, push)).status).toBe(200)
    expect(await isLoggedIn(token)).toBe(true)
  })

  test('who withdrew the phone number is forgotten where it is kept, and only there', async () => {
    const kept = await logIn('phone')
    const other = await logIn('no-phone')
    expect((await sharePhone('phone', kept.token)).status).toBe(200)
    for (const user of ['phone', 'no-phone']) await sendPush(recipe.url, revoked(user, '8'))
    expect([await isLoggedIn(kept.token), await isLoggedIn(other.token)]).toEqual([false, true])
    expect((await logIn('phone')).isNew).toBe(true)
  })

  test.each(['6', '19', '20'])('%s withdraws nickname and avatar', async number => {
    const user = `profile-${number}`
    const { token } = await logIn(user)
    const me = { token, method: 'PUT', data: { nickname: 'Ann' } }
    await ask(`${recipe.url}/api/me`, me)
    await sendPush(recipe.url, revoked(user, '8'))
    expect(await isLoggedIn(token)).toBe(true)
    await sendPush(recipe.url, revoked(user, number))
    expect(await isLoggedIn(token)).toBe(false)
  })

  test('what it does not keep, and events that are not about data, change nothing', async () => {
    const { token } = await logIn('stays')
    await sharePhone('stays', token)
    const modified = event('user_info_modified', 'stays', { RevokeInfo: '8' })
    const others = [revoked('stays', '13'), modified]
    for (const push of [...others, event('debug_demo', 'stays'), { MsgType: 'text' }]) {
      expect((await sendPush(recipe.url, push)).status).toBe(200)
    }
    expect(await isLoggedIn(token)).toBe(true)
  })

  test('a forged push is refused and changes nothing', async () => {
    const { token } = await logIn('target')
    const push = cancelled('target')
    const forged: Sent[] = [
      { token: 'guessed' },
      { token: '' },
      { signature: '' },
      { signature: 'é'.repeat(40) },
      // 明文模式: its signature is right, for it does not cover the body.
      { body: push },
      { body: { ...push, Encrypt: 'bm90aGluZw==' } },
      { body: { Encrypt: [] } },
      // Another mini program's, under the same Token and key.
      { appid: 'wx00000000000000ff' },
    ]
    for (const sent of forged) {
      expect([sent, (await sendPush(recipe.url, push, sent)).status]).toEqual([sent, 401])
    }
    const bare = await ask(`${recipe.url}/wechat/events`, { data: push })
    expect(bare.status).toBe(401)
    await sendPush(recipe.url, { ...push, AppID: 'wx00000000000000ff' })
    expect(await isLoggedIn(token)).toBe(true)
  })

  test('the console’s question is answered as text, and a stranger’s is not', async () => {
    const [timestamp, nonce] = ['1714036504', '1514711492']
    const query = { timestamp, nonce, echostr: '<b>4375120948345356249</b>' }
    const address = (signature: string) =>
      `${recipe.url}/wechat/events?${new URLSearchParams({ ...query, signature })}`
    const right = await ask(address(sha1(TOKEN, timestamp, nonce)))
    expect([right.status, right.body]).toEqual([200, query.echostr])
    expect(right.headers.get('content-type')).toMatch(/^text\/plain/)
    expect((await ask(address(sha1('guessed', timestamp, nonce)))).status).toBe(401)
  })
})

/** https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html */
describe('the sample of WeChat’s page', () => {
  const env = {
    WX_APPID: 'wxba5fad812f8e6fb9',
    WX_PUSH_TOKEN: 'AAAAA',
    WX_PUSH_AES_KEY: 'A'.repeat(43),
  }
  const ENCRYPT =
    '+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04='
  let recipe: Recipe
  beforeAll(async () => {
    recipe = await startRecipe(PATH, { env })
  })
  afterAll(() => recipe?.stop())

  test('its address is confirmed', async () => {
    const query =
      'signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492'
    const { status, body } = await ask(`${recipe.url}/wechat/events?${query}`)
    expect([status, body]).toEqual([200, '4375120948345356249'])
  })

  test('its push of 安全模式 is taken, and refused with a letter changed', async () => {
    const signature = '046e02f8204d34f8ba5fa3b1db94908f3df2e9b3'
    const query = (signed: string) =>
      `timestamp=1714112445&nonce=415670741&openid=o9AgO5Kd5ggOC-bXrbNODIiE3bGY&encrypt_type=aes&msg_signature=${signed}`
    const data = { ToUserName: 'gh_97417a04a28d', Encrypt: ENCRYPT }
    const taken = await ask(`${recipe.url}/wechat/events?${query(signature)}`, { data })
    expect([taken.status, taken.body]).toEqual([200, 'success'])
    const changed = query(signature.replace('0', '1'))
    expect((await ask(`${recipe.url}/wechat/events?${changed}`, { data })).status).toBe(401)
  })
})

test('without Token or EncodingAESKey it does not start: an empty Token would let everybody sign', async () => {
  const folder = temporaryFolder()
  for (const push of [{}, { ...PUSH, WX_PUSH_TOKEN: '' }, { ...PUSH, WX_PUSH_AES_KEY: 'short' }]) {
    await expect(runExample(PATH, { ...push, cwd: folder.path })).rejects.toThrow('WX_PUSH_TOKEN')
  }
  folder.remove()
})
