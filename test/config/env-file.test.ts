import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withEnvFile } from '../../src/config/env-file'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())

const file = (text: string | Buffer, mode = 0o600): string => {
  const path = join(folder.path, '.env')
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

test('a .env file adds to the environment, and what is set already wins', () => {
  const path = file("PORT=1\nHOST=a # a comment\nLOG_FORMAT='json'\n")
  expect(withEnvFile(path, { PORT: '2' })).toEqual({ PORT: '2', HOST: 'a', LOG_FORMAT: 'json' })
})

test('the file may be missing', () => {
  expect(withEnvFile(join(folder.path, 'none'), { A: 'b' })).toEqual({ A: 'b' })
})

test('a folder in its place is refused', () => {
  expect(() => withEnvFile(folder.path, {})).toThrow(/cannot be read/)
})

test.each([
  'JWT_SECRET=abc#def',
  'export JWT_SECRET = abc#def',
  'A=1\nJWT_SECRET=a b#c',
  'JWT_SECRET=#abc',
])('an unquoted # inside a value is refused by the name that it cuts short: %p', text => {
  expect(() => withEnvFile(file(text), {})).toThrow(/JWT_SECRET: .*unquoted #/)
})

test.each(['JWT_SECRET="abc#def"', "JWT_SECRET='abc#def'", 'JWT_SECRET= # none yet', '# A=b#c'])(
  'a # that is quoted or starts a comment is taken: %p',
  text => {
    expect(() => withEnvFile(file(text), {})).not.toThrow()
  },
)

test('production refuses a file that every user of the machine can read', () => {
  const production = { NODE_ENV: 'production' }
  expect(() => withEnvFile(file('A=b', 0o644), production)).toThrow(/chmod 600/)
  expect(() => withEnvFile(file('NODE_ENV=production', 0o604), {})).toThrow(/chmod 600/)
  expect(() => withEnvFile(file('A=b', 0o644), {})).not.toThrow()
  expect(() => withEnvFile(file('A=b', 0o640), production)).not.toThrow()
})

const utf16 = (text: string) => Buffer.from(text, 'utf16le')
const MARK = Buffer.from([0xff, 0xfe])

test.each([
  ['as PowerShell’s > writes it', Buffer.concat([MARK, utf16('PORT=1\r\n')])],
  ['without its mark', utf16('PORT=1\n')],
  ['in the other order', Buffer.concat([MARK, utf16('PORT=1\n')]).swap16()],
])('UTF-16 %s is refused with the fix, and does not count as empty', (_, bytes) => {
  expect(() => withEnvFile(file(bytes), {})).toThrow(/not UTF-8.*Set-Content -Encoding utf8/)
})

test('UTF-8 with its mark is taken', () => {
  expect(withEnvFile(file('\uFEFFPORT=1\n'), {})).toEqual({ PORT: '1' })
})

test('a value that is not UTF-8 is refused by its name, a comment is not', () => {
  const gbk = Buffer.from([0xd6, 0xd0])
  const of = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map(each => Buffer.from(each)))
  expect(() => withEnvFile(file(of('HOST=', gbk, '\n')), {})).toThrow(/HOST: .*not UTF-8.*GBK/)
  expect(withEnvFile(file(of('# ', gbk, '\nPORT=1\n')), {})).toEqual({ PORT: '1' })
})

test.each([
  ['{"PORT": 1}', /line 1 cannot be read: must be NAME=value/],
  ['PORT 1\nHOST a\n', /line 1 and 1 more cannot be read/],
  ['PORT=1\n\nJWT_SECRET canary\n', /line 3 cannot be read/],
  [`KEY="a\nb"\nrest\n`, /line 3 cannot be read/],
])('a line that dotenv would drop in silence is refused by its number: %p', (text, problem) => {
  expect(() => withEnvFile(file(text), {})).toThrow(problem)
  expect(() => withEnvFile(file(text), {})).not.toThrow(/canary/)
})

test.each([
  'PORT=1\r\nHOST=a\r\n',
  'PORT=1\rHOST=a\r',
  '  export PORT = 1\n\n  # a comment\nHOST: a\n',
  `KEY='-----BEGIN\nabc\n-----END' # a key\nPORT=1`,
  'EMPTY=\nPORT=1',
  '# nothing but comments\n',
  '',
])('what dotenv reads is taken: %p', text => {
  expect(() => withEnvFile(file(text), {})).not.toThrow()
})
