import { createEvents, type LoginEvent } from '../../../src/events'
import { createOutageLog } from '../../../src/store/outage-log'
import { Lender, type PooledConnection } from '../../../src/store/sql/lender'

const coded = (code: string) => Object.assign(new Error('canary'), { code })
const never = <T>() => new Promise<T>(() => {})

afterEach(() => jest.useRealTimers())

/** A pool that lends the same connection each time, and what became of it. */
function start(connect?: (connection: PooledConnection) => Promise<PooledConnection>) {
  const fate: string[] = []
  const told: LoginEvent[] = []
  const events = createEvents()
  events.listen(event => void told.push(event))
  const connection: PooledConnection = {
    command: async () => {},
    run: async () => [],
    release: () => void fate.push('released'),
    destroy: () => void fate.push('cut'),
  }
  const lender = new Lender({
    pool: { connect: async () => (connect ? connect(connection) : connection), close: never },
    outages: createOutageLog(events, 'SETTING'),
    patience: { storeMs: 900, calmMs: 1000 },
  })
  return { lender, fate, told: () => told.map(each => ({ ...each, setting: undefined })) }
}

test('a connection that did its work goes back to the pool', async () => {
  const { lender, fate, told } = start()
  expect(await lender.lend(async () => 'done')).toBe('done')
  expect(fate).toEqual(['released'])
  expect(told()).toEqual([])
})

test('a connection that failed is cut and not lent again', async () => {
  const { lender, fate } = start()
  const failed = lender.lend(() => Promise.reject(coded('ECONNRESET')))
  await expect(failed).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(fate).toEqual(['cut'])
})

test('at the deadline the caller gets its answer, and the connection is cut at once', async () => {
  jest.useFakeTimers()
  const { lender, fate } = start()
  const late = lender.lend(() => never())
  const refused = expect(late).rejects.toMatchObject({ reason: 'deadline' })
  await jest.advanceTimersByTimeAsync(899)
  expect(fate).toEqual([])
  await jest.advanceTimersByTimeAsync(2)
  await refused
  expect(fate).toEqual(['cut'])
})

test('a connection that comes after the deadline is given to the next caller, unused', async () => {
  jest.useFakeTimers()
  let arrive = (): void => {}
  const { lender, fate } = start(
    connection => new Promise(resolve => (arrive = () => resolve(connection))),
  )
  const work = jest.fn(async () => 'done')
  const refused = expect(lender.lend(work)).rejects.toMatchObject({ reason: 'deadline' })
  await jest.advanceTimersByTimeAsync(901)
  await refused
  arrive()
  await jest.advanceTimersByTimeAsync(0)
  expect(fate).toEqual(['released'])
  expect(work).not.toHaveBeenCalled()
})

test('an outage is told once, with a fix where it waits for somebody; so is a refusal', async () => {
  const { lender, told } = start()
  for (const code of ['53300', '53300', '53100', '42501']) {
    await lender.lend(() => Promise.reject(coded(code))).catch(() => {})
  }
  expect(told()).toEqual([
    { type: 'store.lost', reason: '53300' },
    { type: 'store.lost', reason: '53100', fix: expect.stringContaining('make room') },
    { type: 'store.lost', reason: '42501', fix: expect.any(String) },
  ])
})

test('a conflict is no outage', async () => {
  const { lender, told } = start()
  await lender.lend(() => Promise.reject(coded('40001'))).catch(() => {})
  expect(told()).toEqual([])
})

test('an outage is over after a success that no failure was near, not after any success', async () => {
  let now = 5000
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now)
  try {
    const { lender, told } = start()
    await lender.lend(() => Promise.reject(coded('53300'))).catch(() => {})
    now += 1000
    await lender.lend(async () => 'done')
    expect(told().map(({ type }) => type)).toEqual(['store.lost'])
    now += 1
    await lender.lend(async () => 'done')
    expect(told().map(({ type }) => type)).toEqual(['store.lost', 'store.back'])
  } finally {
    clock.mockRestore()
  }
})
