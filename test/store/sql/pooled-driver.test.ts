import { createEvents } from '../../../src/events'
import { PATIENCE } from '../../../src/patience'
import { createOutageLog } from '../../../src/store/outage-log'
import type { SqlDriver } from '../../../src/store/sql/driver'
import type { PooledConnection } from '../../../src/store/sql/lender'
import { createPooledDriver } from '../../../src/store/sql/pooled-driver'
import { sequencesOf, valuesOf } from '../../../src/store/sql/sequence'
import { statementsFor } from '../../../src/store/sql/statements'

/** A pool of one connection that does as it is told. */
function bench(behaviour: { connectMs?: number; run?: () => Promise<never> | undefined } = {}) {
  const done: string[] = []
  const lines: string[] = []
  const connection: PooledConnection = {
    command: async word => void done.push(word),
    async run() {
      done.push('run')
      await behaviour.run?.()
      return 1
    },
    release: () => void done.push('release'),
    destroy: () => void done.push('destroy'),
  }
  const connect = () =>
    new Promise<PooledConnection>(resolve => {
      setTimeout(() => resolve(connection), behaviour.connectMs ?? 0)
    })
  const events = createEvents()
  events.listen(({ type }) => lines.push(type))
  const driver = createPooledDriver({
    pool: { connect, close: async () => {} },
    outages: createOutageLog(events, 'DATABASE_URL'),
    patience: PATIENCE,
  })
  return { driver, done, lines }
}

const statements = statementsFor({ dialect: 'postgres', tablePrefix: '', sweepBatch: 5 })
const write = (driver: SqlDriver, statement = 'endSession') => {
  const sequence = sequencesOf(statements)(statement)
  return driver.write(sequence, valuesOf(sequence, { userId: 'user', sessionId: 'session' }))
}
const failure = (code: string) => Promise.reject(Object.assign(new Error('said no'), { code }))

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

test('a connection that comes after its caller was told no goes to the next caller, unused', async () => {
  const { driver, done } = bench({ connectMs: 5000 })
  const outcome = expect(write(driver)).rejects.toMatchObject({
    code: 'store_unavailable',
    reason: 'deadline',
  })
  await jest.advanceTimersByTimeAsync(1000)
  await outcome
  expect(done).toEqual([])
  await jest.advanceTimersByTimeAsync(5000)
  expect(done).toEqual(['release'])
})

test('one deadline covers the wait for a connection and all statements, then the connection is cut', async () => {
  let left = 2
  const { driver, done } = bench({
    connectMs: 600,
    run: () => (left-- > 0 ? undefined : new Promise<never>(() => {})),
  })
  const outcome = expect(
    write(driver, Array(4).fill('endSession').join(' ')),
  ).rejects.toMatchObject({
    reason: 'deadline',
  })
  await jest.advanceTimersByTimeAsync(1000)
  await outcome
  expect(done).toEqual(['begin', 'run', 'run', 'run', 'destroy'])
})

test.each(['40001', '40P01', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD'])(
  'a conflict (%s) is tried again on the same connection',
  async code => {
    let conflicts = 1
    const { driver, done, lines } = bench({
      run: () => (conflicts-- > 0 ? failure(code) : undefined),
    })
    const written = write(driver)
    await jest.advanceTimersByTimeAsync(1)
    expect(await written).toEqual([1])
    expect(done).toEqual(['begin', 'run', 'rollback', 'begin', 'run', 'commit', 'release'])
    expect(lines).toEqual([])
  },
)

test('a conflict that stays is given up', async () => {
  const { driver, done } = bench({ run: () => failure('40001') })
  const outcome = expect(write(driver)).rejects.toMatchObject({ code: '40001' })
  await jest.advanceTimersByTimeAsync(1)
  await outcome
  expect(done.filter(each => each === 'run')).toHaveLength(5)
  expect(done.at(-1)).toBe('destroy')
})

test.each(['25006', 'ER_OPTION_PREVENTS_STATEMENT', '57P01'])(
  'a connection to what is no primary any more (%s) is cut, so that the next leads to the new one',
  async code => {
    const { driver, done, lines } = bench({ run: () => failure(code) })
    const outcome = expect(write(driver)).rejects.toMatchObject({ code })
    await jest.advanceTimersByTimeAsync(1)
    await outcome
    expect(done).toEqual(['begin', 'run', 'destroy'])
    expect(lines).toEqual(['store.lost'])
  },
)

test('an outage is told once, and its end once, however often it is met', async () => {
  let isDown = true
  const { driver, lines } = bench({ run: () => (isDown ? failure('57P01') : undefined) })
  const ask = async (times: number) => {
    const asked = Array.from({ length: times }, () => write(driver).catch(() => {}))
    await jest.advanceTimersByTimeAsync(1)
    await Promise.all(asked)
  }
  await ask(20)
  isDown = false
  await ask(20)
  expect(lines).toEqual(['store.lost'])
  await jest.advanceTimersByTimeAsync(1500)
  await ask(20)
  expect(lines).toEqual(['store.lost', 'store.back'])
})
