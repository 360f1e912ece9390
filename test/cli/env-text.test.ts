import { EnvText } from '../../src/cli/env-text'

const text = '# top\nA=1\nexport B = two\n# C=example\nD: yaml\n'
const set = (name: string, after: string) => new EnvText(text).set(name, 'x', after).toString()

test('a variable is set on its own line, below its example, or below another one', () => {
  expect(set('B', 'A')).toBe(text.replace('export B = two', 'B=x'))
  expect(set('C', 'A')).toBe(text.replace('# C=example', '# C=example\nC=x'))
  expect(set('E', 'A')).toBe(text.replace('A=1', 'A=1\nE=x'))
})

test('it is counted in each way that dotenv reads, and not in a comment', () => {
  const lines = new EnvText(`${text}A=2\n`)
  expect(['A', 'B', 'C', 'D'].map(name => lines.count(name))).toEqual([2, 1, 0, 1])
})

test('a variable and a note are taken out without a trace', () => {
  const noted = new EnvText(text).setNote('by us:', 'step 1', 'B')
  expect(noted.toString()).toBe(text.replace('export B', '# by us: step 1\nexport B'))
  expect(noted.note('by us:')).toBe('step 1')
  expect(noted.setNote('by us:', 'step 2', 'A').note('by us:')).toBe('step 2')
  expect(noted.removeNote('by us:').toString()).toBe(text)
  expect(noted.remove('A').count('A')).toBe(0)
})

test('a value over several lines is replaced and taken out whole', () => {
  const lines = new EnvText('A="1\nB=2"\r\nC=\'\n\'\nB=3\n')
  expect(lines.toString()).toBe('A="1\nB=2"\r\nC=\'\n\'\nB=3\n')
  expect([lines.count('A'), lines.count('B'), lines.count('C')]).toEqual([1, 1, 1])
  expect(lines.set('A', 'x', 'B').remove('C').toString()).toBe('A=x\nB=3\n')
})
