import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FENCED_EXAMPLES, type FencedExample } from './fenced-examples'

const ROOT = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** Printed from the types, and compared with them in `api-report.test.ts`. */
const PRINTED = /^docs\/api\//
/** What a reader pastes or types in. Configuration, JSON and pictures are other matters. */
const CODE = /^(ts|mts|js|mjs|jsx|sh)$/

function documentsIn(folder: string): string[] {
  const all = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  const found = all.filter(name => name.endsWith('.md') && !name.includes('node_modules'))
  return found.map(name => `${folder}/${name}`)
}
const documents = [
  ...['README.md', 'README.en.md', 'client/README.md'],
  ...documentsIn('docs').filter(name => !PRINTED.test(name)),
  ...documentsIn('examples').filter(name => basename(name) === 'README.md'),
]
const blocks = documents.flatMap(file =>
  [...read(file).matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)]
    .map(([, language = '', code = '']) => ({ file, language, code }))
    .filter(({ language }) => CODE.test(language)),
)

const isOf = (example: FencedExample) => (block: { file: string; code: string }) =>
  block.file === example.file && block.code.includes(example.holds)

test('every fenced example is run by a test, or test/docs/fenced-examples.ts says why none does', () => {
  expect(blocks.length).toBeGreaterThan(35)
  const unknown = blocks.filter(block => !FENCED_EXAMPLES.some(example => isOf(example)(block)))
  expect(unknown.map(({ file, code }) => `${file}: ${code.split('\n', 1)}`)).toEqual([])
})

test('each entry there is of one example, and its reason is words', () => {
  const wrong = FENCED_EXAMPLES.filter(
    example => !example.every && blocks.filter(isOf(example)).length !== 1,
  )
  expect(wrong.map(({ file, holds }) => `${file}: ${holds}`)).toEqual([])
  const mute = FENCED_EXAMPLES.filter(example => 'why' in example && example.why.length < 15)
  expect(mute).toEqual([])
})

const run = FENCED_EXAMPLES.flatMap(example => ('by' in example ? [example] : []))

test.each(run)('$by reads $file, for the example that holds $holds', ({ file, by }) => {
  expect(existsSync(join(ROOT, by))).toBe(true)
  const text = read(by)
  expect(text).toContain(basename(file))
  // A test that reads a README of another folder names the folder, too.
  if (basename(file) === 'README.md' && dirname(file) !== '.') expect(text).toContain(dirname(file))
})
