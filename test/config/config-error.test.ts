import { ConfigError } from '../../src/config/config-error'

const PROBLEMS = [
  { name: 'JWT_SECRET', problem: 'is missing' },
  { name: 'PORT', problem: 'must be a whole number' },
]

test('every problem has a line of its own, under their number', () => {
  expect(new ConfigError(PROBLEMS).message).toBe(
    '2 problems with the settings\n  JWT_SECRET: is missing\n  PORT: must be a whole number',
  )
})

test('a caller may tell it from other errors, and go through the problems', () => {
  const error = new ConfigError(PROBLEMS)
  expect(error).toBeInstanceOf(Error)
  expect(error.name).toBe('ConfigError')
  expect(error.problems).toEqual(PROBLEMS)
})
