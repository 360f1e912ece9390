import { ERRORS } from '../../src/errors'
import { errcodeOf, MEANINGS, WITH_ACCESS_TOKEN } from '../../src/wx/errcode'

test.each<[unknown, number | undefined]>([
  [undefined, undefined],
  [0, undefined],
  ['0', undefined],
  [40029, 40029],
  ['40029', 40029],
  [-1, -1],
  ['-1', -1],
  [2 ** 31 - 1, 2 ** 31 - 1],
  [2 ** 31, Number.NaN],
  ['4002900000', Number.NaN],
  ['', Number.NaN],
  ['40029 ', Number.NaN],
  ['0x1', Number.NaN],
  [null, Number.NaN],
  [{}, Number.NaN],
  [true, Number.NaN],
])('an errcode of %p is read as %p', (value, errcode) => {
  expect(errcodeOf(value)).toBe(errcode)
})

test('every meaning is one of our errors', () => {
  for (const { code } of Object.values(MEANINGS)) expect(ERRORS).toHaveProperty(code)
})

test('whatever only the operator can mend says how', () => {
  const silent = Object.entries(MEANINGS).filter(
    ([, { code, fix }]) => code === 'misconfigured' && fix === undefined,
  )
  expect(silent).toEqual([])
})

test('40001 blames the AppSecret where one is sent, and the access_token where one is sent', () => {
  expect(MEANINGS[40001]).toMatchObject({ code: 'misconfigured' })
  expect(WITH_ACCESS_TOKEN[40001]).toMatchObject({ code: 'wechat_unavailable' })
})
