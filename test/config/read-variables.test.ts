import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Option } from '../../src/config/option'
import { type Environment, readVariables } from '../../src/config/read-variables'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())

const option = (rest: Partial<Option>): Option => ({
  group: 'token',
  schema: z.unknown(),
  words: { zh: '例', en: 'an example' },
  ...rest,
})
const TABLE = {
  plain: option({ env: 'PLAIN' }),
  number: option({ env: 'NUMBER', parse: Number }),
  secret: option({ env: 'SECRET', secret: true }),
  url: option({ env: 'URL', secret: 'password' }),
  code: option({}),
}

function read(env: Environment) {
  const problems: string[][] = []
  const values = readVariables(TABLE, env, (...problem) => void problems.push(problem))
  return { values, problems }
}

const file = (text: string | Buffer): string => {
  const path = join(folder.path, 'secret')
  writeFileSync(path, text)
  return path
}

test('each option has its variable’s text, or what its parser makes of it', () => {
  const env = { PLAIN: ' a b ', NUMBER: '7', SECRET: 's', URL: 'u', code: 'c', OTHER: 'o' }
  expect(read(env)).toEqual({
    values: { plain: 'a b', number: 7, secret: 's', url: 'u' },
    problems: [],
  })
})

test('an empty variable counts as unset', () => {
  expect(read({ PLAIN: '', NUMBER: '  ', SECRET: undefined })).toEqual({ values: {}, problems: [] })
})

test('a secret comes from the file that NAME_FILE names, without its line feed', () => {
  expect(read({ SECRET_FILE: file('s\r\n'), URL_FILE: file('s\n') }).values).toEqual({
    secret: 's',
    url: 's',
  })
})

test('what is no secret does not come from a file', () => {
  expect(read({ PLAIN_FILE: file('s') })).toEqual({ values: {}, problems: [] })
})

test('a file that cannot be read, is empty, or stands beside the value is reported by name', () => {
  expect(read({ SECRET_FILE: '/nowhere/at/all' }).problems).toEqual([
    [
      'SECRET_FILE',
      'cannot be read (ENOENT: there is no such file: correct the path, or mount the file)',
    ],
  ])
  expect(read({ SECRET_FILE: file('\n') }).problems).toEqual([
    ['SECRET_FILE', 'names an empty file: write the secret into it'],
  ])
  expect(read({ SECRET: 'x', SECRET_FILE: file('s') }).problems).toEqual([
    ['SECRET', expect.stringMatching(/set twice/)],
  ])
})

test('a file that is not UTF-8 is reported with the fix', () => {
  const utf16 = Buffer.from('\uFEFFs\r\n', 'utf16le')
  expect(read({ SECRET_FILE: file(utf16) })).toEqual({
    values: {},
    problems: [['SECRET_FILE', expect.stringMatching(/UTF-16.*Set-Content/)]],
  })
  expect(read({ SECRET_FILE: file(Buffer.from([0xd6, 0xd0])) }).problems).toEqual([
    ['SECRET_FILE', expect.stringMatching(/GBK/)],
  ])
})

test.each([`"secret"`, `'secret'`, '`secret`'])(
  'quotes around a value are named as the cause, in a file as in the environment: %s',
  quoted => {
    expect(read({ SECRET_FILE: file(`${quoted}\n`) })).toEqual({
      values: {},
      problems: [['SECRET_FILE', expect.stringMatching(/in quotes.*leave them out/)]],
    })
    expect(read({ PLAIN: quoted })).toEqual({
      values: {},
      problems: [['PLAIN', expect.stringMatching(/in quotes.*--env-file/)]],
    })
  },
)

test('a quote inside a value, or on one side, is part of it', () => {
  const env = { PLAIN: `a"b'c`, SECRET: `"`, URL: `"a` }
  expect(read(env)).toEqual({ values: { plain: `a"b'c`, secret: '"', url: '"a' }, problems: [] })
})
