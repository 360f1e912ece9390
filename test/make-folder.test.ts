import { execFileSync } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../src/make-folder'
import { temporaryFolder } from './support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())

test('a folder is made with those above it, and one that is there stays', () => {
  const path = join(folder.path, 'a/b/c')
  makeFolder(path)
  writeFileSync(join(path, 'kept'), '')
  makeFolder(path)
  expect(statSync(join(path, 'kept')).isFile()).toBe(true)
})

test.each([
  ['the file itself', 'file', 'EEXIST'],
  ['below a file', 'file/x', 'ENOTDIR'],
])('where a file stands in the way, %s, the system’s error says so', (_where, path, code) => {
  writeFileSync(join(folder.path, 'file'), '')
  const failing = expect(() => makeFolder(join(folder.path, path)))
  failing.toThrow(expect.objectContaining({ code }))
})

// In a process of its own, which can be ended: without the fix it would never come back.
test('where the kernel lets nobody make a folder it fails, and does not try for ever', () => {
  const script = `try { require(${JSON.stringify(join(__dirname, '../dist/make-folder.js'))}).makeFolder('/proc/mpl/x') }
    catch ({ code }) { console.log(code) }`
  const options = { encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' } as const
  expect(execFileSync(process.execPath, ['-e', script], options).trim()).toBe('ENOENT')
})
