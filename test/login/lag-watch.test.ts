import { type LagWatch, startLagWatch } from '../../src/login/lag-watch'
import { createRecorder } from '../wx/recorder'

const patience = { lagMs: 500, lagCheckMs: 100, calmMs: 1000 }
const recorder = createRecorder()
let uptime: number
let watch: LagWatch
beforeEach(() => {
  jest.useFakeTimers()
  recorder.forget()
  uptime = 1000
  watch = startLagWatch({ patience, log: recorder.log, uptime: () => uptime })
})
afterEach(() => {
  watch.stop()
  jest.useRealTimers()
})

/** The next look, which comes so late. */
function look(lateMs: number): void {
  uptime += patience.lagCheckMs + lateMs
  jest.advanceTimersByTime(patience.lagCheckMs)
}

test('a loop that is later than half a second is late, until a look comes in time', () => {
  look(500)
  expect(watch.isLate()).toBe(false)
  look(501)
  expect(watch.isLate()).toBe(true)
  look(0)
  expect(watch.isLate()).toBe(false)
})

test('an episode is told once, and the next one again', () => {
  for (const late of [700, 0, 700, 900]) look(late)
  expect(recorder.lines).toEqual([{ level: 'warn', event: 'event_loop_late', lag_ms: 700 }])
  for (let i = 0; i < 15; i++) look(0)
  look(800)
  expect(recorder.lines).toHaveLength(2)
})

test('it keeps no process alive, and looks no more once it is stopped', () => {
  watch.stop()
  look(5000)
  expect(watch.isLate()).toBe(false)
  expect(jest.getTimerCount()).toBe(0)
})
