import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPromises } from '../support/promises'
import { testsInFile } from '../support/test-titles'

const ROOT = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const page = read('docs/promises.md')
const rows = readPromises(page)
const { scripts } = JSON.parse(read('package.json'))

/** How many promises, and rows of the fault matrix, each group has. */
const GROUPS = {
  ...{ ID: 10, TOK: 17, SES: 11, STP: 6, KEY: 11, INP: 14, DOC: 3, LIM: 10, UPS: 6, STO: 6 },
  ...{ MIG: 1, LOG: 5, OPS: 5, MET: 3, SUP: 1, PRV: 1, FW: 18, FS: 19, FP: 12, FC: 13 },
  ...{ CLI: 6 },
}

test('docs/promises.md has every promise and every fault once', () => {
  const ids = Object.entries(GROUPS).flatMap(([group, many]) =>
    Array.from({ length: many }, (_, i) => `${group}-${i + 1}`),
  )
  expect(rows.map(({ id }) => id).sort()).toEqual(ids.sort())
})

const shown = rows.filter(({ kind }) => kind === 'tests')

test.each(shown.map(row => [row.id, row] as const))('%s is shown by tests that run', (_id, row) => {
  for (const { file, words } of row.tests) {
    expect(existsSync(join(ROOT, file))).toBe(true)
    const found = testsInFile(join(ROOT, file)).filter(({ title }) => title.includes(words))
    expect([words, found.length > 0, found.filter(({ isSkipped }) => isSkipped)]).toEqual([
      words,
      true,
      [],
    ])
  }
})

test('a file of tests that jest does not start by itself is a part of one that it starts', () => {
  const parts = shown.flatMap(({ tests }) => tests.map(({ file }) => file))
  for (const part of new Set(parts.filter(file => !file.endsWith('.test.ts')))) {
    const folder = part.slice(0, part.lastIndexOf('/'))
    const name = part.slice(folder.length + 1, -'.ts'.length)
    const above = folder.slice(0, folder.lastIndexOf('/'))
    const users = readdirSync(join(ROOT, above)).filter(file => file.endsWith('.test.ts'))
    const starts = users.filter(file => read(`${above}/${file}`).includes(`/${name}'`))
    expect([part, starts.length > 0]).toEqual([part, true])
  }
})

test('a row that no test shows says how one knows, and what it names is there', () => {
  for (const { id, kind, shownBy } of rows.filter(row => row.kind !== 'tests')) {
    expect([id, kind]).not.toEqual([id, 'unreadable'])
    for (const [, link = ''] of shownBy.matchAll(/\]\(([^)#]+)/g)) {
      expect([id, existsSync(join(ROOT, 'docs', link))]).toEqual([id, true])
    }
    for (const [, file = ''] of shownBy.matchAll(/`((?:test|src)\/[\w./-]+)`/g)) {
      expect([id, existsSync(join(ROOT, file))]).toEqual([id, true])
    }
    for (const [, name = ''] of shownBy.matchAll(/npm run ([\w:-]+)/g)) {
      expect([id, name, name in scripts]).toEqual([id, name, true])
    }
  }
})

test('the page says how many promises are open', () => {
  const open = rows.filter(({ kind }) => kind === 'not shown yet').map(({ id }) => id)
  expect([`Open: ${open.length}.`, page.includes(`\nOpen: ${open.length}.\n`), open]).toEqual([
    `Open: ${open.length}.`,
    true,
    open,
  ])
})
