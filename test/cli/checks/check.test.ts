import { fail, ok, warn } from '../../../src/cli/checks/check'

test('a check says what was found, and what to do where something is to be done', () => {
  expect([ok('a', 'fine'), warn('b', 'odd', 'look'), fail('c', 'bad', 'mend')]).toEqual([
    { name: 'a', status: 'ok', found: 'fine', fix: null },
    { name: 'b', status: 'warn', found: 'odd', fix: 'look' },
    { name: 'c', status: 'fail', found: 'bad', fix: 'mend' },
  ])
})
