import { need, readFields } from '../../../src/simulator/core/control-body'

const SHAPE = { name: 'string', age: 'number', adult: 'boolean', more: 'object' } as const

it('fields of the right kind are read, and all of them may be absent', () => {
  const body = { name: 'a', age: 0, adult: false, more: {} }
  expect(readFields(body, SHAPE)).toEqual(body)
  expect(readFields({}, SHAPE)).toEqual({})
})

it.each([
  [{ nam: 'a' }, '"nam" is not known here'],
  [{ toString: 'a' }, '"toString" is not known here'],
  [{ name: 7 }, '"name" must be of type string'],
  [{ name: null }, '"name" must be of type string'],
  [{ more: [] }, '"more" must be of type object'],
  [{ more: null }, '"more" must be of type object'],
])('%j is a TypeError that names the field', (body, message) => {
  expect(() => readFields(body, SHAPE)).toThrow(new TypeError(message))
})

it('what is needed and missing is a TypeError; what is empty is not missing', () => {
  expect(() => need('appid', undefined)).toThrow(new TypeError('"appid" is missing'))
  expect(need('appid', '')).toBe('')
})
