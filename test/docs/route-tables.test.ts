import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const { withRouteTables } = require('../../scripts/route-tables.js') as {
  withRouteTables(document: string, language: 'zh' | 'en'): string
}

test.each([
  ['README.md', 'zh'],
  ['README.en.md', 'en'],
] as const)('the tables of routes in %s are those of src/http/routes.ts', (file, language) => {
  const text = readFileSync(join(root, file), 'utf8')
  expect(text).toBe(withRouteTables(text, language))
})

test('a README without the markers is no place for them', () => {
  expect(() => withRouteTables('# title', 'zh')).toThrow('markers')
})
