import { closestHint, closestName, distanceOf, soundOf } from '../../src/config/near-names'

test.each([
  ['SECRET', 'SECRET', 0],
  ['SECERT', 'SECRET', 1],
  ['SECRETS', 'SECRET', 1],
  ['SECRT', 'SECRET', 1],
  ['SECRAT', 'SECRET', 1],
  ['', 'SECRET', 6],
  ['kitten', 'sitting', 3],
])('%s and %s are %i letters apart, in both directions', (one, other, distance) => {
  expect([distanceOf(one, other), distanceOf(other, one)]).toEqual([distance, distance])
})

test('underscores and capitals do not change how a name sounds', () => {
  expect(soundOf('WX_APP_ID')).toBe(soundOf('wxAppid'))
})

const names = ['wxTimeoutMs', 'jwtSecret', 'jwtSecretPrevious', 'log']

test.each([
  ['wxTimeoutMS', 'wxTimeoutMs'],
  ['wxTimeout', 'wxTimeoutMs'],
  ['JWT_SECRET', 'jwtSecret'],
  ['jwtSecretPrevius', 'jwtSecretPrevious'],
  ['logg', 'log'],
  ['cookieName', undefined],
])('the name closest to %s is %s', (name, closest) => {
  expect(closestName(name, names)).toBe(closest)
})

test('a hint is given only where something can be guessed', () => {
  expect(closestHint('wxTimeoutMS', names)).toBe('; is wxTimeoutMs meant?')
  expect(closestHint('cookieName', names)).toBe('')
})
