import { checkClock } from '../../../src/cli/checks/clock'

const date = 'Thu, 26 Nov 2026 00:00:00 GMT'
const theirs = Date.parse(date) + 500

test.each([
  [0, 'ok'],
  [4900, 'ok'],
  [-5100, 'warn'],
  [59_000, 'warn'],
  [61_000, 'fail'],
  [-3_600_000, 'fail'],
])('a clock that is %d ms off is %s', (off, status) => {
  expect(checkClock({ date, at: theirs + off })).toMatchObject({ name: 'clock', status })
})

test.each([[undefined], ['yesterday']])('an answer whose Date is %p tells nothing', header => {
  expect(checkClock({ date: header, at: theirs })).toMatchObject({ status: 'warn' })
})
