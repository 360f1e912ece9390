import { checkTimes } from '../../src/login/row-times'

test.each(['junk', '9', null, Number.NaN, 9e15, 1e300, Number.POSITIVE_INFINITY])(
  'a time of %p is refused as an unreadable row',
  time => {
    const unreadable = { code: 'store_unavailable', reason: 'row_unreadable' }
    expect(() => checkTimes(1, time as number)).toThrow(expect.objectContaining(unreadable))
  },
)

test('the time of a Date passes', () => {
  expect(() => checkTimes(0, Date.now(), 8.64e15)).not.toThrow()
})
