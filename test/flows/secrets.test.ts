import { randomBytes } from 'node:crypto'
import supertest from 'supertest'
import { createSimulator, TRANSPORT_FAULTS, type TransportFault } from '../../src/simulator/index'
import { encrypt, flipBit, sign } from '../support/open-data'
import { newPrivateKey } from '../support/private-keys'
import { startServer } from '../support/server-process'
import { temporaryFolder } from '../support/temporary'

/** Shown to its user, and to no log. */
const PHONE_NUMBER = '13877765432'

/**
 * Canaries: unique values wherever a secret can be. Whatever happens, none of them may show in an
 * answer or on standard output or error, in either log format. The two formats run at the same
 * time, each with a server and a WeChat of its own, for most of this time is waiting.
 */
test.concurrent.each(['dev', 'json'])(
  'no secret shows in any answer or %s log line, whatever fails',
  async format => {
    const folder = temporaryFolder()
    const appid = 'wxcafe0000cafe0000'
    const canary = (name: string) => `${name}${randomBytes(20).toString('hex')}`
    const secrets = {
      WX_SECRET: randomBytes(16).toString('hex'),
      WX_SECRET_PREVIOUS: randomBytes(16).toString('hex'),
      JWT_SECRET: canary('J'),
      JWT_SECRET_PREVIOUS: canary('P'),
      INTERNAL_TOKEN: canary('I'),
      JWT_PRIVATE_KEY: newPrivateKey(),
    }
    const simulator = createSimulator({ apps: { [appid]: secrets.WX_SECRET } })
    const WX_API_BASE_URL = await simulator.listen()
    const env = { ...secrets, WX_APPID: appid, WX_API_BASE_URL, WX_TIMEOUT_MS: '1500' }
    const server = await startServer({ ...env, LOG_FORMAT: format, RATE_LIMIT: 'off' }, folder.path)
    const forbidden = new Set<string>(Object.values(secrets))
    for (const line of secrets.JWT_PRIVATE_KEY.split('\n').slice(1, 4)) forbidden.add(line)
    /** What its owner may see, and the log may not. */
    const unlogged = new Set<string>([PHONE_NUMBER])
    const answers: string[] = []
    const ask = async (request: supertest.Test): Promise<supertest.Response> => {
      const answer = await request.ok(() => true)
      answers.push(JSON.stringify([answer.headers, answer.body, answer.text]))
      return answer
    }
    const http = supertest(server.url)
    const key = canary('K')
    forbidden.add(key)

    /** All that asks WeChat with an access_token, going right and going wrong. */
    const askWithAccessTokens = async (token: string): Promise<void> => {
      const mintPhoneCode = () => {
        const code = simulator.mintPhoneCode({ user: 'canary', phoneNumber: PHONE_NUMBER })
        forbidden.add(code)
        return code
      }
      const phone = () => http.post('/phone').set('token', token).send({ code: mintPhoneCode() })
      await ask(phone())
      for (const transport of ['never', 'reset', 'html200', 'truncated', 'badheader'] as const) {
        simulator.fail({ transport }, { path: '/wxa/business/getuserphonenumber' })
        await ask(phone())
        simulator.fail({ transport }, { path: '/wxa/checksession' })
        await ask(http.post('/checksession').set('token', token))
      }
      for (const transport of ['reset', 'truncated'] as const) {
        simulator.killAccessToken(appid)
        simulator.fail({ transport }, { path: '/cgi-bin/stable_token' })
        await ask(phone())
        // WeChat is left alone for a second after a failed fetch.
        await new Promise(resolve => setTimeout(resolve, 1100))
      }
      await ask(phone())
      await ask(http.post('/checksession').set('token', token))
      const broker = http.get('/internal/access-token')
      await ask(broker.set('X-Internal-Token', `${secrets.INTERNAL_TOKEN}x`))
      await ask(http.post('/internal/introspect').set('X-Internal-Token', 'x').send({ token }))
      await ask(http.get('/.well-known/jwks.json'))
      // The one answer that may show a token.
      const internal = { 'X-Internal-Token': secrets.INTERNAL_TOKEN }
      await http.get('/internal/access-token').set(internal).expect(200)
      const refused = { ...internal, 'X-Refused-Access-Token': 'a b' }
      await ask(http.get('/internal/access-token').set(refused))
    }

    try {
      for (const transport of Object.keys(TRANSPORT_FAULTS) as TransportFault[]) {
        if (transport === 'openidhostile') continue
        simulator.fail({ transport })
        const code = simulator.mintCode({ user: 'canary' })
        forbidden.add(code)
        await ask(http.post('/login').set('Idempotency-Key', key).send({ code }))
      }
      simulator.reset()
      for (const errcode of [-1, 40013, 40029, 40125, 40163, 40164, 40226, 45011, 99999]) {
        simulator.fail({ errcode })
        const code = simulator.mintCode({ user: 'canary' })
        forbidden.add(code)
        await ask(http.get(`/auth?code=${code}`).set('Referer', `https://x/?code=${code}`))
      }
      const code = simulator.mintCode({ user: 'canary' })
      forbidden.add(code)
      const { body } = await http.post('/login').send({ code }).expect(200)
      const { token } = body
      await ask(http.get(`/checklogin?token=${token}`).set('Referer', token))
      await ask(http.get('/me').set('Authorization', `Bearer ${token}`).set('User-Agent', 'curl'))
      await ask(http.get('/verify').set('Authorization', `Bearer ${token}`))
      await ask(http.get(`/me/${token}`).set('sessionid', token))
      await ask(http.get('/me').set('Authorization', `Bearer ${token}x`))
      await askWithAccessTokens(token)
      await ask(http.post('/logout').set('token', token).send({ all: 'yes' }))
      await ask(
        http.post('/login').set('Content-Type', 'application/json').send(`{"code":"${code}"`),
      )
      const { sessionKey, openid, unionid } = simulator.user('canary', appid)
      for (const secret of [String(sessionKey), openid, unionid]) forbidden.add(secret)

      const phone = `1${randomBytes(8).readBigUInt64BE()}`.slice(0, 11)
      const watermark = { timestamp: Math.floor(Date.now() / 1000), appid }
      const number = { phoneNumber: phone, purePhoneNumber: phone, countryCode: '86', watermark }
      const user = { openId: openid, unionId: unionid, ...number }
      const good = encrypt(String(sessionKey), user)
      const nickName = canary('N')
      const rawData = JSON.stringify({ nickName })
      for (const text of [phone, good.encryptedData, good.iv, nickName]) unlogged.add(text)
      const decrypt = (body: object) => ask(http.post('/decrypt').set('token', token).send(body))
      expect((await decrypt(good)).body).toEqual(number)
      const stale = { ...good, iv: flipBit(good.iv, 9) }
      const foreign = encrypt(String(sessionKey), {
        ...user,
        watermark: { ...watermark, appid: 'x' },
      })
      const statuses = []
      for (const body of [stale, foreign, { ...good, iv: `${good.iv}!` }, { rawData }]) {
        statuses.push((await decrypt(body)).status)
      }
      statuses.push((await decrypt(sign(String(sessionKey), rawData))).status)
      expect(statuses).toEqual([409, 400, 400, 400, 200])
      await ask(http.post('/decrypt').send(good))
      await server.stop()

      const shown = answers.join('\n')
      const logged = server.output()
      expect(logged.length).toBeGreaterThan(1000)
      const accessTokens = simulator.calls.flatMap(({ query }) =>
        query.flatMap(([name, value]) => (name === 'access_token' ? [value] : [])),
      )
      expect(new Set(accessTokens).size).toBeGreaterThan(1)
      for (const secret of [...forbidden, ...accessTokens]) {
        expect(shown).not.toContain(secret)
        expect(logged).not.toContain(secret)
      }
      expect(shown).toContain(PHONE_NUMBER)
      for (const text of [...unlogged, token]) expect(logged).not.toContain(text)
    } finally {
      await server.stop('SIGKILL')
      await simulator.close()
      folder.remove()
    }
  },
)
