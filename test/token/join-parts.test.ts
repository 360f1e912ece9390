import { joinParts } from '../../src/token/join-parts'

test('parts are joined with their length in bytes before them, so that no cut can be moved', () => {
  expect(joinParts(['a', 'é', ''])).toBe('1:a2:é0:')
  expect(joinParts([])).toBe('')
})
