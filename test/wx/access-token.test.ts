import { setTimeout as sleep } from 'node:timers/promises'
import { LoginError } from '../../src/errors'
import type { Log } from '../../src/log'
import { createAccessTokens } from '../../src/wx/access-token'
import { WxRefused, WxUnreachable } from '../../src/wx/errcode'
import type { AccessToken } from '../../src/wx/stable-token'
import { Clock } from '../support/clock'

const APPID = 'wx0000000000000000'
const clock = new Clock()

/** WeChat as far as tokens go: the same one for all, until its last five minutes. */
function wechat() {
  let serial = 0
  let current: AccessToken | undefined
  const gate = { open: Promise.resolve(), failure: undefined as Error | undefined }
  return {
    gate,
    calls: 0,
    kill: () => {
      current = undefined
    },
    async fetchToken(): Promise<AccessToken> {
      this.calls++
      const left = (current?.expiresAt ?? 0) - clock.ms
      if (left < 300_000) current = { value: `token-${++serial}`, expiresAt: clock.ms + 7200_000 }
      const answer = current as AccessToken
      await gate.open
      if (gate.failure) throw gate.failure
      return answer
    },
  }
}

/** What instances share; `now` is the clock's, so a lease does not end while that stands still. */
function shelf() {
  let shared: AccessToken | undefined
  let lease: object | undefined
  return {
    get token() {
      return shared
    },
    read: async () => shared,
    write: async (_appid: string, token: AccessToken) => {
      shared = token
    },
    drop: async (_appid: string, value: string) => {
      if (shared?.value === value) shared = undefined
    },
    lease: async () => {
      if (lease) return undefined
      const mine = {}
      lease = mine
      return async () => {
        if (lease === mine) lease = undefined
      }
    },
  }
}

const lines: string[] = []
const note: Log['info'] = event => void lines.push(event)
const log: Log = { info: note, warn: note, error: note }
beforeEach(() => {
  lines.length = 0
})

function instance(from: ReturnType<typeof wechat>, on = shelf(), jitterMs = () => 0) {
  const fetchToken = () => from.fetchToken()
  const appids = new Set([APPID])
  return createAccessTokens({ fetchToken, appids, shelf: on, now: clock.now, log, jitterMs })
}
const textOf = async (token: Promise<AccessToken>) => (await token).value

test('100 callers at once share one request', async () => {
  const from = wechat()
  const tokens = instance(from)
  const got = await Promise.all(Array.from({ length: 100 }, () => textOf(tokens.get(APPID))))
  expect(new Set(got)).toEqual(new Set(['token-1']))
  expect(from.calls).toBe(1)
})

test('a token is renewed in its last five minutes, past a jitter, and nobody waits for it', async () => {
  const from = wechat()
  const tokens = instance(from, shelf(), () => 45_000)
  await tokens.get(APPID)
  clock.advance(7200 - 300 + 44)
  expect(await textOf(tokens.get(APPID))).toBe('token-1')
  await sleep(5)
  expect(from.calls).toBe(1)
  clock.advance(1)
  let open = () => {}
  from.gate.open = new Promise(resolve => {
    open = resolve
  })
  expect(await textOf(tokens.get(APPID))).toBe('token-1')
  expect(await textOf(tokens.get(APPID))).toBe('token-1')
  open()
  await sleep(5)
  expect(await textOf(tokens.get(APPID))).toBe('token-2')
  expect(from.calls).toBe(2)
})

test('the jitter is another one for each token, and within two minutes', async () => {
  const from = wechat()
  const seen = new Set<number>()
  for (let i = 0; i < 20; i++) {
    const appids = new Set([APPID])
    const fetchToken = () => from.fetchToken()
    const tokens = createAccessTokens({ fetchToken, appids, shelf: shelf(), now: clock.now, log })
    from.kill()
    const before = from.calls + 1
    await tokens.get(APPID)
    const begun = clock.ms
    clock.advance(7200 - 300 - 1)
    while (from.calls === before) {
      clock.advance(1)
      await tokens.get(APPID)
      await new Promise(resolve => setImmediate(resolve))
    }
    seen.add(clock.ms - begun)
  }
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(6_900_000)
  expect(Math.max(...seen)).toBeLessThanOrEqual(7_021_000)
  expect(seen.size).toBeGreaterThan(5)
})

test('a renewal that fails leaves the token that still works, and is not tried at every call', async () => {
  const from = wechat()
  const tokens = instance(from)
  await tokens.get(APPID)
  clock.advance(7200 - 200)
  from.gate.failure = new WxUnreachable('wechat_timeout', { sent: true, reason: 'deadline' })
  for (let i = 0; i < 5; i++) {
    expect(await textOf(tokens.get(APPID))).toBe('token-1')
    await sleep(2)
  }
  expect(from.calls).toBe(2)
  clock.advance(1)
  from.gate.failure = undefined
  await tokens.get(APPID)
  await sleep(5)
  expect(await textOf(tokens.get(APPID))).toBe('token-2')
})

test('a token in its last ten seconds is not handed out any more', async () => {
  const from = wechat()
  const tokens = instance(from)
  await tokens.get(APPID)
  clock.advance(7200 - 10)
  expect(await textOf(tokens.get(APPID))).toBe('token-2')
})

test('another instance takes the token from the shelf, and the renewed one, too', async () => {
  const from = wechat()
  const on = shelf()
  const [a, b] = [instance(from, on), instance(from, on)]
  expect([await textOf(a.get(APPID)), await textOf(b.get(APPID))]).toEqual(['token-1', 'token-1'])
  clock.advance(7200 - 250)
  await a.get(APPID)
  await sleep(5)
  await b.get(APPID)
  await sleep(5)
  expect(await textOf(b.get(APPID))).toBe('token-2')
  expect(from.calls).toBe(2)
})

test('an instance waits for the one that asks, takes its token, and asks nothing itself', async () => {
  const from = wechat()
  const on = shelf()
  let open = () => {}
  from.gate.open = new Promise(resolve => {
    open = resolve
  })
  const first = textOf(instance(from, on).get(APPID))
  await sleep(5)
  const second = textOf(instance(from, on).get(APPID))
  await sleep(120)
  open()
  expect([await first, await second]).toEqual(['token-1', 'token-1'])
  expect(from.calls).toBe(1)
})

test('a holder that is dead holds nobody up for longer than a second', async () => {
  const from = wechat()
  const on = shelf()
  await on.lease()
  const begun = performance.now()
  expect(await textOf(instance(from, on).get(APPID))).toBe('token-1')
  const waited = performance.now() - begun
  expect(waited).toBeGreaterThan(900)
  expect(waited).toBeLessThan(2000)
})

test('of 100 calls that WeChat refused one replaces the token; the others get the new one', async () => {
  const from = wechat()
  const on = shelf()
  const [a, b] = [instance(from, on), instance(from, on)]
  const dead = await textOf(a.get(APPID))
  await b.get(APPID)
  from.kill()
  const replaced = Array.from({ length: 100 }, (_, i) => (i % 2 ? a : b).replace(APPID, dead))
  expect(new Set(await Promise.all(replaced.map(textOf)))).toEqual(new Set(['token-2']))
  expect(from.calls).toBe(2)
  // One that comes late with the dead token ends nothing.
  expect(await textOf(a.replace(APPID, dead))).toBe('token-2')
  expect(on.token?.value).toBe('token-2')
  expect(from.calls).toBe(2)
})

test('a request that had left before the token was refused does not bring it back', async () => {
  const from = wechat()
  const tokens = instance(from)
  const dead = await textOf(tokens.get(APPID))
  clock.advance(7200 - 300)
  // WeChat sees the window a moment later than we do, and is about to give the same token again.
  from.fetchToken = (fetchToken => {
    let late = true
    return async function (this: typeof from) {
      if (!late) return fetchToken.call(this)
      late = false
      this.calls++
      await sleep(20)
      return { value: dead, expiresAt: clock.ms + 300_000 }
    }
  })(from.fetchToken)
  await tokens.get(APPID)
  from.kill()
  expect(await textOf(tokens.replace(APPID, dead))).toBe('token-2')
})

test('a token that WeChat refuses and still gives out is asked for once a second, not at every call', async () => {
  const from = wechat()
  const tokens = instance(from)
  const dead = await textOf(tokens.get(APPID))
  for (let i = 0; i < 20; i++) expect(await textOf(tokens.replace(APPID, dead))).toBe(dead)
  expect(from.calls).toBe(2)
  clock.advance(1)
  from.kill()
  expect(await textOf(tokens.replace(APPID, dead))).toBe('token-2')
})

test('a refused token that could not be taken off the shelf is not taken from there again', async () => {
  const from = wechat()
  const on = { ...shelf(), drop: async () => {} }
  const tokens = instance(from, on)
  const dead = await textOf(tokens.get(APPID))
  from.kill()
  expect(await textOf(tokens.replace(APPID, dead))).toBe('token-2')
})

test('an instance whose shelf is broken asks WeChat by itself', async () => {
  const from = wechat()
  const broken = async () => {
    throw new LoginError('store_unavailable', { reason: 'gone' })
  }
  const on = { ...shelf(), read: broken, write: broken, drop: broken, lease: broken }
  const tokens = instance(from, on as never)
  expect(await textOf(tokens.get(APPID))).toBe('token-1')
  from.kill()
  expect(await textOf(tokens.replace(APPID, 'token-1'))).toBe('token-2')
  expect(await textOf(tokens.replace(APPID, 'token-1'))).toBe('token-2')
  expect(from.calls).toBe(2)
  expect(new Set(lines)).toEqual(new Set(['access_token_not_shared']))
})

test.each<[string, Error, number]>([
  ['a refusal', new WxRefused(40125, '', 0), 10],
  ['errcode -1', new WxRefused(-1, '', 0), 2],
  ['a used-up minute', new WxRefused(45011, '', 30_000), 30],
  ['silence', new WxUnreachable('wechat_timeout', { sent: true, reason: 'deadline' }), 1],
])('after %s WeChat is left alone for a while, whoever asks', async (_name, failure, seconds) => {
  const from = wechat()
  const tokens = instance(from)
  from.gate.failure = failure
  await expect(tokens.get(APPID)).rejects.toBe(failure)
  clock.advance(seconds - 0.001)
  await expect(tokens.get(APPID)).rejects.toBe(failure)
  expect(from.calls).toBe(1)
  from.gate.failure = undefined
  clock.advance(0.001)
  expect(await textOf(tokens.get(APPID))).toBe('token-1')
})

test('in such a pause the token that another instance was given is taken all the same', async () => {
  const from = wechat()
  const on = shelf()
  const [a, b] = [instance(from, on), instance(from, on)]
  from.gate.failure = new WxRefused(45011, '', 0)
  await expect(a.get(APPID)).rejects.toMatchObject({ code: 'wechat_quota' })
  from.gate.failure = undefined
  await b.get(APPID)
  expect(await textOf(a.get(APPID))).toBe('token-1')
  expect(from.calls).toBe(2)
})

test('a clock that is set back ends such a pause at once', async () => {
  const from = wechat()
  const tokens = instance(from)
  from.gate.failure = new WxRefused(40125, '', 0)
  await expect(tokens.get(APPID)).rejects.toThrow()
  from.gate.failure = undefined
  clock.advance(-86_400)
  expect(await textOf(tokens.get(APPID))).toBe('token-1')
})

test('an app that is not configured has no token', async () => {
  const tokens = instance(wechat())
  await expect(tokens.get('wx9999999999999999')).rejects.toMatchObject({ code: 'unknown_appid' })
})
