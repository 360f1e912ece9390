import { examples, UsageError } from '../../src/cli/command'

test('examples stand below a help, indented, each on its line', () => {
  expect(examples('one', 'two')).toBe('\n例 / examples:\n  one\n  two')
})

test('wrong usage is told apart from every other failure', () => {
  expect(new UsageError('no such id')).toMatchObject({ name: 'UsageError', message: 'no such id' })
})
