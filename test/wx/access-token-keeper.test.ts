import { setTimeout as sleep } from 'node:timers/promises'
import { LoginError } from '../../src/errors'
import type { Patience } from '../../src/patience'
import { type AccessTokenCache, createForgivingCache } from '../../src/wx/access-token-cache'
import { AccessTokenKeeper } from '../../src/wx/access-token-keeper'
import type { AccessToken } from '../../src/wx/stable-token'
import { WxRefused } from '../../src/wx/wx-refused'
import { WxUnreachable } from '../../src/wx/wx-unreachable'
import { Clock } from '../support/clock'
import { STRETCHED } from '../support/patience'
import { createSharedCache, createTokenSource, type TokenSource } from './access-token-doubles'
import { createRecorder } from './recorder'

const APPID = 'wx0000000000000000'
const clock = new Clock()
const recorder = createRecorder()
beforeEach(recorder.forget)

interface InstanceOptions {
  on?: AccessTokenCache
  jitterMs?: () => number
  patience?: Partial<Patience>
}

function instance(from: TokenSource, options: InstanceOptions = {}) {
  const { on = createSharedCache(), jitterMs = () => 0, patience } = options
  const keeper = new AccessTokenKeeper({
    appid: APPID,
    fetchToken: asking => from.fetchToken(asking),
    cache: createForgivingCache(on, recorder.log),
    // Nobody waits for long here, and no lease of somebody who is alive ends on a busy machine.
    patience: { ...STRETCHED, leaseMs: 60_000, leasePollMs: 1, ...patience },
    now: clock.now,
    log: recorder.log,
    jitterMs,
  })
  return {
    get: (requestId = 'r') => keeper.get({ requestId }),
    replace: (refused: string, requestId = 'r') => keeper.replace(refused, { requestId }),
  }
}
const textOf = async (token: Promise<AccessToken>) => (await token).value

/** Lets everything go on that waits for nothing but a turn. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate)
}

test('100 callers at once share one request', async () => {
  const from = createTokenSource(clock)
  const tokens = instance(from)
  const got = await Promise.all(Array.from({ length: 100 }, () => textOf(tokens.get())))
  expect(new Set(got)).toEqual(new Set(['token-1']))
  expect(from.calls).toBe(1)
})

test('an access_token is renewed in its last five minutes, past a jitter, and nobody waits for it', async () => {
  const from = createTokenSource(clock)
  const tokens = instance(from, { jitterMs: () => 45_000 })
  await tokens.get()
  clock.advance(7200 - 300 + 44)
  expect(await textOf(tokens.get())).toBe('token-1')
  await settle()
  expect(from.calls).toBe(1)
  clock.advance(1)
  const open = from.holdBack()
  expect(await textOf(tokens.get())).toBe('token-1')
  expect(await textOf(tokens.get())).toBe('token-1')
  open()
  await settle()
  expect(await textOf(tokens.get())).toBe('token-2')
  expect(from.calls).toBe(2)
})

test('a renewal that fails leaves the one that still works, and is not tried at every call', async () => {
  const from = createTokenSource(clock)
  const tokens = instance(from)
  await tokens.get()
  clock.advance(7200 - 200)
  from.gate.failure = new WxUnreachable('timeout', { sent: true, reason: 'deadline' })
  for (let i = 0; i < 5; i++) {
    expect(await textOf(tokens.get())).toBe('token-1')
    await settle()
  }
  expect(from.calls).toBe(2)
  clock.advance(1)
  from.gate.failure = undefined
  await tokens.get()
  await settle()
  expect(await textOf(tokens.get())).toBe('token-2')
})

test('an access_token in its last ten seconds is not handed out any more', async () => {
  const from = createTokenSource(clock)
  const tokens = instance(from)
  await tokens.get()
  clock.advance(7200 - 10)
  expect(await textOf(tokens.get())).toBe('token-2')
})

test('another instance takes it from the cache, and the renewed one, too', async () => {
  const from = createTokenSource(clock)
  const on = createSharedCache()
  const [a, b] = [instance(from, { on }), instance(from, { on })]
  expect([await textOf(a.get()), await textOf(b.get())]).toEqual(['token-1', 'token-1'])
  clock.advance(7200 - 250)
  await a.get()
  await settle()
  await b.get()
  await settle()
  expect(await textOf(b.get())).toBe('token-2')
  expect(from.calls).toBe(2)
})

test('an instance waits for the one that asks, takes what it got, and asks nothing itself', async () => {
  const from = createTokenSource(clock)
  const on = createSharedCache()
  const open = from.holdBack()
  const first = textOf(instance(from, { on }).get())
  await settle()
  const second = textOf(instance(from, { on }).get())
  // The second one has looked several times by now, and has asked nothing.
  for (let i = 0; i < 1000 && on.leases < 5; i++) await sleep(1)
  expect(on.leases).toBeGreaterThanOrEqual(5)
  open()
  expect([await first, await second]).toEqual(['token-1', 'token-1'])
  expect(from.calls).toBe(1)
})

test('a holder that is dead keeps nobody waiting for longer than its lease', async () => {
  const from = createTokenSource(clock)
  const on = createSharedCache()
  await on.lease()
  const patience = { leaseMs: 30 }
  const begun = performance.now()
  expect(await textOf(instance(from, { on, patience }).get())).toBe('token-1')
  // It did wait: that it waited no longer is what the test's own time-out is for.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(30)
  expect(on.leases).toBeGreaterThan(2)
})

test('of 100 calls that WeChat refused one replaces the access_token; the others get the new one', async () => {
  const from = createTokenSource(clock)
  const on = createSharedCache()
  const [a, b] = [instance(from, { on }), instance(from, { on })]
  const dead = await textOf(a.get())
  await b.get()
  from.kill()
  const replaced = Array.from({ length: 100 }, (_, i) => (i % 2 ? a : b).replace(dead))
  expect(new Set(await Promise.all(replaced.map(textOf)))).toEqual(new Set(['token-2']))
  expect(from.calls).toBe(2)
  // One that comes late with the dead one ends nothing.
  expect(await textOf(a.replace(dead))).toBe('token-2')
  expect(on.token?.value).toBe('token-2')
  expect(from.calls).toBe(2)
})

test('a request that had left before the access_token was refused does not bring it back', async () => {
  const from = createTokenSource(clock)
  const tokens = instance(from)
  const dead = await textOf(tokens.get())
  clock.advance(7200 - 300)
  // WeChat sees the last five minutes begin a moment later than we do: it gives the same one again.
  const open = from.holdBack()
  const { fetchToken } = from
  from.fetchToken = async asking => {
    from.fetchToken = fetchToken
    await fetchToken.call(from, asking)
    return { value: dead, expiresAt: clock.ms + 300_000 }
  }
  await tokens.get()
  await settle()
  from.kill()
  const replaced = Array.from({ length: 3 }, () => textOf(tokens.replace(dead)))
  await settle()
  open()
  expect(new Set(await Promise.all(replaced)).size).toBe(1)
  expect(await replaced[0]).not.toBe(dead)
})

test('an access_token that WeChat refuses and still gives out is asked for once a second, not at every call', async () => {
  const from = createTokenSource(clock)
  const tokens = instance(from)
  const dead = await textOf(tokens.get())
  for (let i = 0; i < 20; i++) expect(await textOf(tokens.replace(dead))).toBe(dead)
  expect(from.calls).toBe(2)
  clock.advance(1)
  from.kill()
  expect(await textOf(tokens.replace(dead))).toBe('token-2')
})

test('a refused access_token that could not be dropped from the cache is not taken from there again', async () => {
  const from = createTokenSource(clock)
  const on = { ...createSharedCache(), drop: async () => {} }
  const tokens = instance(from, { on })
  const dead = await textOf(tokens.get())
  from.kill()
  expect(await textOf(tokens.replace(dead))).toBe('token-2')
})

test('a process that has just started does not take a refused access_token from the cache', async () => {
  const from = createTokenSource(clock)
  const on = createSharedCache()
  const dead = await textOf(instance(from, { on }).get())
  from.kill()
  expect(await textOf(instance(from, { on }).replace(dead))).toBe('token-2')
  expect(on.token?.value).toBe('token-2')
})

test('an instance whose cache is broken asks WeChat by itself', async () => {
  const from = createTokenSource(clock)
  const broken = async () => {
    throw new LoginError('store_unavailable', { reason: 'gone' })
  }
  const on = { ...createSharedCache(), read: broken, write: broken, drop: broken, lease: broken }
  const tokens = instance(from, { on: on as never })
  expect(await textOf(tokens.get())).toBe('token-1')
  from.kill()
  expect(await textOf(tokens.replace('token-1'))).toBe('token-2')
  expect(await textOf(tokens.replace('token-1'))).toBe('token-2')
  expect(from.calls).toBe(2)
  expect(new Set(recorder.lines.map(({ event }) => event))).toEqual(
    new Set(['access_token_not_shared']),
  )
})

test.each<[string, Error, number]>([
  ['a refusal', new WxRefused(40125, { errmsg: '', now: 0 }), 10],
  ['errcode -1', new WxRefused(-1, { errmsg: '', now: 0 }), 2],
  ['a used-up minute', new WxRefused(45011, { errmsg: '', now: 30_000 }), 30],
  ['silence', new WxUnreachable('timeout', { sent: true, reason: 'deadline' }), 1],
])('after %s WeChat is left alone for a while, whoever asks', async (_name, failure, seconds) => {
  const from = createTokenSource(clock)
  const tokens = instance(from)
  from.gate.failure = failure
  await expect(tokens.get()).rejects.toBe(failure)
  clock.advance(seconds - 0.001)
  await expect(tokens.get()).rejects.toBe(failure)
  expect(from.calls).toBe(1)
  from.gate.failure = undefined
  clock.advance(0.001)
  expect(await textOf(tokens.get())).toBe('token-1')
})

test('a fetch bears the name of the request that caused it, not of those that share it', async () => {
  const from = createTokenSource(clock)
  const tokens = instance(from)
  await Promise.all(['r-1', 'r-2'].map(tokens.get))
  from.kill()
  await tokens.replace('token-1', 'r-3')
  expect(from.askers).toEqual(['r-1', 'r-3'])
})

test('in such a pause the access_token that another instance was given is taken all the same', async () => {
  const from = createTokenSource(clock)
  const on = createSharedCache()
  const [a, b] = [instance(from, { on }), instance(from, { on })]
  from.gate.failure = new WxRefused(45011, { errmsg: '', now: 0 })
  await expect(a.get()).rejects.toMatchObject({ code: 'wechat_quota' })
  from.gate.failure = undefined
  await b.get()
  expect(await textOf(a.get())).toBe('token-1')
  expect(from.calls).toBe(2)
})
