import { createHmac } from 'node:crypto'
import { login } from '../ask'
import { sessionKeyCall, startLoggedIn } from '../credentials'

describe('GET /wxa/checksession', () => {
  it('says ok to the current key', async () => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    expect(await sessionKeyCall(simulator, 'checksession', claim(sessionKey))).toEqual({
      errcode: 0,
      errmsg: 'ok',
    })
    expect(simulator.user('alice').sessionKey).toBe(sessionKey)
  })

  it('says 87009 to a replaced, an expired and a wrong key alike', async () => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    const check = (key: unknown) => sessionKeyCall(simulator, 'checksession', claim(key))
    expect(await check('AAAAAAAAAAAAAAAAAAAAAA==')).toMatchObject({ errcode: 87009 })
    const next = simulator.rotateSessionKey('alice').sessionKey
    expect(next).not.toBe(sessionKey)
    expect(await check(sessionKey)).toMatchObject({ errcode: 87009 })
    expect(await check(next)).toMatchObject({ errcode: 0 })
    simulator.expireSessionKey('alice')
    expect(simulator.user('alice').sessionKey).toBeUndefined()
    expect(await check(next)).toMatchObject({ errcode: 87009 })
    const { session_key: newest } = await login(simulator, simulator.mintCode())
    expect(await check(newest)).toMatchObject({ errcode: 0 })
  })

  it('wants the text of the key, not its bytes, and lower-case hex', async () => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    const bytes = Buffer.from(sessionKey, 'base64')
    const right = claim(sessionKey).signature
    for (const signature of [
      createHmac('sha256', bytes).update('').digest('hex'),
      createHmac('sha256', '').update(sessionKey).digest('hex'),
      right.toUpperCase(),
      Buffer.from(right).toString('base64'),
      right.slice(0, -1),
    ]) {
      const wrong = { ...claim(sessionKey), signature }
      expect(await sessionKeyCall(simulator, 'checksession', wrong)).toMatchObject({
        errcode: 87009,
      })
    }
  })
})
