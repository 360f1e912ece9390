import { setTimeout as sleep } from 'node:timers/promises'
import { createEvents, type LoginEvent } from '../../../src/events'
import { createOutageLog } from '../../../src/store/outage-log'
import type { SqlDriver } from '../../../src/store/sql/driver'
import { openLate } from '../../../src/store/sql/late-driver'

/** Whatever is waited for here comes at once, or never. */
const NEVER = 600_000
const patience = { startMs: NEVER, closeMs: NEVER, refusedPauseMs: NEVER }
const failure = (code: string) => Object.assign(new Error('said no'), { code })

function driver(): SqlDriver & { closed: number } {
  return {
    closed: 0,
    read: async () => [{ answer: 42 }],
    write: async () => [1],
    async close() {
      this.closed++
    },
  }
}

function attempts(open: (attempt: number) => Promise<SqlDriver>, given = {}) {
  const told: LoginEvent[] = []
  const events = createEvents()
  events.listen(event => told.push(event))
  let count = 0
  const outages = createOutageLog(events, 'DATABASE_URL')
  const opening = openLate(() => open(++count), {
    outages,
    patience: { ...patience, ...given },
  })
  return { opening, told, count: () => count }
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await sleep(5)
}

test('a server that is there is handed out itself: nothing stands between it and its callers', async () => {
  const real = driver()
  const { opening, told } = attempts(async () => real)
  expect(await opening).toBe(real)
  expect(told).toEqual([])
})

test('a server that is down: every call is refused by its reason, until it is there', async () => {
  const real = driver()
  const { opening, told } = attempts(async attempt => {
    if (attempt < 4) throw failure('ECONNREFUSED')
    return real
  })
  const late = await opening
  await expect(late.read('findUser', ['u'])).rejects.toMatchObject({
    code: 'store_unavailable',
    reason: 'ECONNREFUSED',
  })
  await until(() => told.length === 2)
  expect(await late.read('findUser', ['u'])).toEqual([{ answer: 42 }])
  expect(told.map(({ type }) => type)).toEqual(['store.lost', 'store.back'])
  await late.close()
  expect(real.closed).toBe(1)
})

test('a migration that lost a deadlock is tried again before the start goes on', async () => {
  const real = driver()
  const { opening, told } = attempts(async attempt => {
    if (attempt < 5) throw failure('ER_LOCK_DEADLOCK')
    return real
  })
  expect(await opening).toBe(real)
  expect(told).toEqual([])
})

test('a deadlock that does not end is an outage, and the start goes on', async () => {
  const { opening, told, count } = attempts(() => Promise.reject(failure('ER_LOCK_DEADLOCK')))
  const late = await opening
  expect(count()).toBeGreaterThanOrEqual(5)
  expect(told).toMatchObject([{ type: 'store.lost', reason: 'ER_LOCK_DEADLOCK' }])
  await late.close()
})

test('a server that answers no at the start ends the start', async () => {
  await expect(attempts(() => Promise.reject(failure('28P01'))).opening).rejects.toMatchObject({
    code: '28P01',
  })
})

test('a server that answers no later is not asked again before its pause is over, and the fix is told', async () => {
  const { opening, told, count } = attempts(attempt =>
    Promise.reject(failure(attempt === 1 ? 'ECONNREFUSED' : '28P01')),
  )
  const late = await opening
  await until(() => count() === 2)
  await sleep(200)
  expect(count()).toBe(2)
  expect(told.at(-1)).toMatchObject({
    reason: '28P01',
    fix: expect.stringContaining('the password is wrong'),
  })
  await late.close()
})

test('an attempt that hangs keeps neither the start nor the end waiting', async () => {
  let arrive = (_driver: SqlDriver): void => {}
  const { opening, told } = attempts(
    () =>
      new Promise(resolve => {
        arrive = resolve
      }),
    { startMs: 1, closeMs: 1 },
  )
  const late = await opening
  expect(told).toMatchObject([{ type: 'store.lost', reason: 'not_open_yet' }])
  await late.close()
  // What it opens after all is closed as well.
  const real = driver()
  arrive(real)
  await until(() => real.closed > 0)
  expect(real.closed).toBe(1)
})
