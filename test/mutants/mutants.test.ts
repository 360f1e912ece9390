import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPromises } from '../support/promises'
import { testsInFile } from '../support/test-titles'

interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}
interface Mutant extends Change {
  readonly promise: string
  readonly name: string
  readonly test: string
  readonly testName: string
  readonly titleIn?: string
}
const { readMutants, changesOf } = require('./mutants') as {
  readMutants(): Mutant[]
  changesOf(mutant: Mutant): Change[]
}

const ROOT = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const mutants = readMutants()
const promises = new Set(readPromises(read('docs/promises.md')).map(({ id }) => id))

test('there are many, and no two do the same', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(80)
  const changes = mutants.map(({ file, from, to }) => JSON.stringify([file, from, to]))
  expect(new Set(changes).size).toBe(changes.length)
})

test.each(mutants.map(mutant => [mutant.name, mutant] as const))(
  'what is broken is there once, and so is its test: %s',
  (_name, mutant) => {
    expect([...promises]).toContain(mutant.promise)
    for (const { file, from, to } of changesOf(mutant)) {
      expect([file, from, read(file).split(from).length - 1]).toEqual([file, from, 1])
      expect(to).not.toBe(from)
    }
    expect(existsSync(join(ROOT, mutant.test))).toBe(true)
    const written = join(ROOT, mutant.titleIn ?? mutant.test)
    const titles = testsInFile(written).map(({ title }) => title)
    expect(titles.filter(title => title.includes(mutant.testName))).not.toEqual([])
  },
)
