import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withEnvFile } from '../../src/config/env-file'
import { envExample, optionTable } from '../../src/config/option-tables'
import { readEnvironment } from '../../src/config/read-environment'
import { VARIABLES } from '../../src/config/variables'
import { SIMULATOR_APP } from '../../src/simulator/index'

const ROOT = join(__dirname, '../..')
const { DOCUMENTS } = require(join(ROOT, 'scripts/docs.js')) as {
  DOCUMENTS: Readonly<Record<string, (text: string) => string>>
}

test.each(Object.keys(DOCUMENTS))('%s is what `npm run docs` would make of it now', name => {
  const text = readFileSync(join(ROOT, name), 'utf8')
  expect(DOCUMENTS[name]?.(text)).toBe(text)
})

test('.env.example names every variable that is read, and no other', () => {
  const named = [...envExample().matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name)
  expect(named.sort()).toEqual([...VARIABLES].sort())
})

test('.env.example starts as it is, and its comments do not cut a value', () => {
  const env = withEnvFile(join(ROOT, '.env.example'), { DATABASE_URL: 'memory:' })
  expect(() => readEnvironment(env, SIMULATOR_APP)).not.toThrow()
})

test('every value that .env.example shows is accepted when the # before it is taken away', () => {
  const shown = envExample().replaceAll(/^# ([A-Z_]+=\S+)$/gm, '$1')
  const values = [...shown.matchAll(/^([A-Z_]+)=(\S+)$/gm)]
  expect(values.length).toBeGreaterThan(10)
  for (const [, name = '', value] of values) {
    // An example of production, or of several apps, needs more than itself.
    if (['NODE_ENV', 'WX_APPS'].includes(name)) continue
    const env = { DATABASE_URL: 'memory:', WX_SIMULATOR: 'on', [name]: value }
    if (name === 'DATABASE_URL') expect(value).toBe('sqlite:./data/login.db')
    else expect(() => readEnvironment(env, SIMULATOR_APP)).not.toThrow()
  }
})

test.each(['zh', 'en'] as const)(
  'the table of a README (%s) has four cells in every row',
  language => {
    const rows = optionTable(language).split('\n')
    expect(rows.length).toBeGreaterThan(VARIABLES.length)
    for (const row of rows) expect(row.split(' | ')).toHaveLength(row.startsWith('|---') ? 1 : 4)
  },
)
