import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../../src/cli/replace-file'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())
const file = join(folder.path, 'file')
beforeEach(() => {
  writeFileSync(file, 'old')
  chmodSync(file, 0o600)
})

test('the new text is looked at before it counts, and has the rights of the old', () => {
  replaceFile(file, 'new', draft => {
    expect([readFileSync(draft, 'utf8'), readFileSync(file, 'utf8')]).toEqual(['new', 'old'])
    expect(statSync(draft).mode & 0o777).toBe(0o600)
  })
  expect(readFileSync(file, 'utf8')).toBe('new')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('what the umask would take away stays', () => {
  chmodSync(file, 0o666)
  replaceFile(file, 'new', () => {})
  expect(statSync(file).mode & 0o777).toBe(0o666)
})

test('a text that is refused leaves the old one, and nothing beside it', () => {
  const refuse = () => {
    throw new Error('no')
  }
  expect(() => replaceFile(file, 'new', refuse)).toThrow('no')
  expect(readFileSync(file, 'utf8')).toBe('old')
  expect(existsSync(`${file}.new`)).toBe(false)
})

test('of two at once one is refused', () => {
  replaceFile(file, 'new', () => {
    expect(() => replaceFile(file, 'other', () => {})).toThrow(
      expect.objectContaining({ code: 'EEXIST' }),
    )
  })
  expect(readFileSync(file, 'utf8')).toBe('new')
})
