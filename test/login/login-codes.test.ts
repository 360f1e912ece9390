import { setTimeout as sleep } from 'node:timers/promises'
import { LoginError } from '../../src/errors'
import { type LoginAttempt, LoginCodes } from '../../src/login/login-codes'
import type { Codes, LoginCode } from '../../src/store/contract/codes'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { startDeadline } from '../../src/upstream/deadline'
import { Clock } from '../support/clock'
import { APPID, failing } from './parts'

const attempt: LoginAttempt = { code: 'c', appid: APPID, codeHash: 'hash', idempotencyHash: null }
const patience = { claimGraceMs: 2000, claimPollMs: 1 }
const EXCHANGE_MS = 60_000
const deadline = startDeadline(EXCHANGE_MS)
/** Time enough, and nobody asks when the wait begins. */
const AMPLE = { deadline, begins() {} }

let clock: Clock
let codes: Codes
beforeEach(() => {
  clock = new Clock()
  codes = createMemoryStore().codes
})

const instance = (own: Partial<Codes> = {}) =>
  new LoginCodes({
    store: { codes: failing(codes, own) },
    exchangeTimeoutMs: EXCHANGE_MS,
    hookLimitMs: 0,
    patience,
    now: clock.now,
  })

async function ownerOf(instance: LoginCodes): Promise<string> {
  const claim = await instance.claim(attempt, AMPLE)
  if (!claim.isOurs) throw new Error('somebody else has the code')
  return claim.owner
}

/** Fails an exchange with this error, as the platform would. */
async function failExchange(instance: LoginCodes, owner: string, error: Error): Promise<void> {
  const exchange = () => Promise.reject(error)
  await expect(instance.exchanging(attempt, { owner, deadline }, exchange)).rejects.toBe(error)
}

test('one caller gets the code, and the next hears what came of it', async () => {
  const first = instance()
  const owner = await ownerOf(first)
  await failExchange(first, owner, new LoginError('code_invalid', { wxErrcode: 40029 }))
  expect(await instance().claim(attempt, AMPLE)).toMatchObject({
    isOurs: false,
    wasUnderWay: false,
    outcome: { status: 'failed', error: 'code_invalid', wxErrcode: 40029 },
  })
})

test('who comes while the code is exchanged waits for the outcome', async () => {
  const first = instance()
  const owner = await ownerOf(first)
  const waiting = instance().claim(attempt, AMPLE)
  await failExchange(first, owner, new LoginError('wechat_bad_answer'))
  expect(await waiting).toMatchObject({
    wasUnderWay: true,
    outcome: { error: 'wechat_bad_answer' },
  })
})

test.each([
  ['overloaded', new LoginError('overloaded')],
  ['not sent', Object.assign(new LoginError('wechat_unavailable'), { sent: false })],
])('a code that surely never left (%s) is free again', async (_name, error) => {
  const first = instance()
  await failExchange(first, await ownerOf(first), error)
  expect(await instance().claim(attempt, AMPLE)).toMatchObject({ isOurs: true })
})

test('who waits for a code that never left is told to come again', async () => {
  const first = instance()
  const owner = await ownerOf(first)
  const waiting = instance().claim(attempt, AMPLE)
  await failExchange(first, owner, new LoginError('overloaded'))
  await expect(waiting).rejects.toMatchObject({ code: 'wechat_unavailable', reason: 'released' })
})

test('a code that may have left is not free, whatever went wrong', async () => {
  const first = instance()
  const sent = Object.assign(new LoginError('wechat_unavailable'), { sent: true })
  await failExchange(first, await ownerOf(first), sent)
  expect(await instance().claim(attempt, AMPLE)).toMatchObject({ isOurs: false })
})

test('a code whose login failed after the exchange is spent', async () => {
  const first = instance()
  const owner = await ownerOf(first)
  const error = new LoginError('store_unavailable')
  await expect(first.finishing(attempt, owner, () => Promise.reject(error))).rejects.toBe(error)
  expect(await instance().claim(attempt, AMPLE)).toMatchObject({
    outcome: { error: 'code_used' },
  })
})

test('a caller that died is waited for no longer than its exchange may take, and two seconds', async () => {
  await ownerOf(instance())
  let looks = 0
  const find: Codes['find'] = codeHash => {
    // The third look comes 63 seconds after the first; 62 are allowed.
    if (++looks > 1) clock.advance(31.5)
    return codes.find(codeHash)
  }
  const { outcome } = (await instance({ find }).claim(attempt, AMPLE)) as { outcome: unknown }
  expect(outcome).toMatchObject({ status: 'failed', error: 'wechat_timeout' })
  expect(looks).toBe(4)
})

test('a failure that the store did not take is settled by whoever waits here', async () => {
  let isDown = true
  const fail: Codes['fail'] = async (codeHash, failure) => {
    if (isDown) throw new LoginError('store_unavailable')
    await codes.fail(codeHash, failure)
  }
  const here = instance({ fail })
  const owner = await ownerOf(here)
  await failExchange(here, owner, new LoginError('user_blocked'))
  isDown = false
  expect(await here.claim(attempt, AMPLE)).toMatchObject({ outcome: { error: 'user_blocked' } })
})

test('a claim that failed is given back, for it may have been written', async () => {
  const release = jest.fn(codes.release)
  const claim: Codes['claim'] = async given => {
    await codes.claim(given)
    throw new LoginError('store_unavailable')
  }
  await expect(instance({ claim, release }).claim(attempt, AMPLE)).rejects.toThrow(LoginError)
  expect(release).toHaveBeenCalledTimes(1)
  expect(await instance().claim(attempt, AMPLE)).toMatchObject({ isOurs: true })
})

test('a claim that was refused for overload costs the store nothing more', async () => {
  const release = jest.fn(codes.release)
  const claim = () => Promise.reject(new LoginError('overloaded'))
  const refused = instance({ claim, release }).claim(attempt, AMPLE)
  await expect(refused).rejects.toMatchObject({ code: 'overloaded' })
  expect(release).not.toHaveBeenCalled()
})

test('1,000 callers that wait for one code look into the store once a poll, and claim no more', async () => {
  const owner = await ownerOf(instance())
  let finds = 0
  let look = (_code: LoginCode | undefined) => {}
  const find = () => {
    finds++
    return new Promise<LoginCode | undefined>(resolve => {
      look = resolve
    })
  }
  const claim = jest.fn(codes.claim.bind(codes))
  const here = instance({ find, claim })
  let waits = 0
  const begins = () => void waits++
  const ask = (key: number) =>
    here.claim({ ...attempt, idempotencyHash: `key-${key}` }, { deadline, begins })
  const first = ask(0)
  while (finds === 0) await sleep(1)
  const others = Array.from({ length: 999 }, (_, i) => ask(i + 1))
  for (let poll = 1; poll <= 3; poll++) {
    while (finds < poll) await sleep(1)
    expect(finds).toBe(poll)
    if (poll === 3)
      await codes.fail('hash', { owner, error: 'code_invalid', wxErrcode: null, now: 0 })
    look(await codes.find('hash'))
  }
  const outcomes = await Promise.all([first, ...others])
  expect(outcomes.every(claim => !claim.isOurs && claim.outcome.error === 'code_invalid')).toBe(
    true,
  )
  expect([finds, waits, claim.mock.calls.length]).toEqual([3, 1000, 1])
})

test('who waits for another caller waits no longer than its own deadline, and leaves the code alone', async () => {
  const owner = await ownerOf(instance())
  const over = startDeadline(0)
  const late = instance().claim(attempt, { deadline: over, begins() {} })
  await expect(late).rejects.toMatchObject({ code: 'wechat_timeout', reason: 'other_caller' })
  expect(await codes.find('hash')).toMatchObject({ status: 'claimed' })
  // Ends the look that goes on for callers with more time.
  await codes.fail('hash', { owner, error: 'code_used', wxErrcode: null, now: 0 })
})

test('a failure at the deadline is told at once: nobody waits until the store has noted it', async () => {
  const fail: Codes['fail'] = () => new Promise(() => {})
  const here = instance({ fail })
  const owner = await ownerOf(here)
  const error = new LoginError('wechat_timeout')
  const exchange = () => Promise.reject(error)
  const over = { owner, deadline: startDeadline(0) }
  await expect(here.exchanging(attempt, over, exchange)).rejects.toBe(error)
})
