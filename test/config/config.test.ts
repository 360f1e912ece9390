import { completeConfig } from '../../src/config/config'

const values = {
  apps: new Map([
    ['wx1', ['a']],
    ['wx2', ['b']],
  ]),
} as never

test('the first app is the one that a login without an appid means', () => {
  expect(completeConfig(values).defaultAppid).toBe('wx1')
})

test('nobody can change a setting after it was checked', () => {
  expect(Object.isFrozen(completeConfig(values))).toBe(true)
})
