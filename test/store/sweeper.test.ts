import { LoginError } from '../../src/errors'
import { createEvents, type LoginEvent } from '../../src/events'
import { createOutageLog } from '../../src/store/outage-log'
import { startSweeper } from '../../src/store/sweeper'

const MINUTE = 60_000
const SETTING = 'DATABASE_URL (database)'
let stop = () => {}

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  stop()
  jest.useRealTimers()
})

function start(sweep: () => Promise<boolean>) {
  const events = createEvents()
  const told: LoginEvent[] = []
  events.listen(event => told.push(event))
  stop = startSweeper({ store: { sweep }, now: () => 7, events })
  return { events, told }
}

test('it works by itself, batch after batch, until it is stopped', async () => {
  const more = [true, true, false]
  const sweep = jest.fn(async () => more.shift() ?? false)
  start(sweep)
  expect(sweep).not.toHaveBeenCalled()
  await jest.advanceTimersByTimeAsync(MINUTE + 200)
  expect(sweep).toHaveBeenCalledTimes(3)
  expect(sweep).toHaveBeenCalledWith(7)
  await jest.advanceTimersByTimeAsync(MINUTE)
  expect(sweep).toHaveBeenCalledTimes(4)
  stop()
  await jest.advanceTimersByTimeAsync(5 * MINUTE)
  expect(sweep).toHaveBeenCalledTimes(4)
})

test('a sweep that fails while the store is up is told once, and so is that it works again', async () => {
  let fails = true
  const { told } = start(async () => {
    if (fails) throw new LoginError('store_unavailable', { reason: 'too_late' })
    return false
  })
  await jest.advanceTimersByTimeAsync(3 * MINUTE)
  expect(told).toEqual([{ type: 'store.lost', setting: SETTING, reason: 'sweep_too_late' }])
  fails = false
  await jest.advanceTimersByTimeAsync(2 * MINUTE)
  expect(told.slice(1)).toEqual([{ type: 'store.back', setting: SETTING }])
})

test('a sweep that fails in an outage that is known adds no line to it', async () => {
  const { events, told } = start(async () => {
    throw new LoginError('store_unavailable', { reason: 'ECONNREFUSED' })
  })
  const driver = createOutageLog(events, SETTING)
  driver.lost('ECONNREFUSED')
  await jest.advanceTimersByTimeAsync(2 * MINUTE)
  expect(told).toHaveLength(1)
  driver.back()
  await jest.advanceTimersByTimeAsync(2 * MINUTE)
  expect(told.slice(2)).toEqual([
    { type: 'store.lost', setting: SETTING, reason: 'sweep_ECONNREFUSED' },
  ])
})
