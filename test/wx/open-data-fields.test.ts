import { parseObject, readText, undecryptable } from '../../src/wx/open-data-fields'

test('a text is given as it is, up to 16,384 characters', () => {
  const longest = 'x'.repeat(16_384)
  expect(readText(longest, 'iv')).toBe(longest)
  expect(() => readText(`${longest}x`, 'iv')).toThrow(
    expect.objectContaining({ code: 'data_undecryptable', field: 'iv', reason: 'too_long' }),
  )
})

test.each([undefined, null, 7, true, {}, ['text']])('%p is no text', value => {
  expect(() => readText(value, 'iv')).toThrow(
    expect.objectContaining({ code: 'invalid_request', field: 'iv' }),
  )
})

test.each(['', 'x', '1', '"text"', 'null', '[]', '{"a":'])('%p holds no object', text => {
  expect(parseObject(text)).toBeUndefined()
})

test('an object is given with all its names', () => {
  expect(parseObject('{"a":{"b":[1]}}')).toEqual({ a: { b: [1] } })
})

test('a reason is for the log, and the answer shows at most the field', () => {
  const error = undecryptable('watermark_time')
  expect(error.reason).toBe('watermark_time')
  expect(JSON.stringify(error.body('r'))).not.toContain('watermark_time')
  expect(error.body('r')).not.toHaveProperty('field')
})
