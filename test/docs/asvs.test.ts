import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPromises } from '../support/promises'

const ROOT = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const page = read('docs/asvs.md')
const promises = new Map(readPromises(read('docs/promises.md')).map(row => [row.id, row.kind]))

const ROW =
  /^\| V([\d.]+?)(?:–V([\d.]+))? \| ([12, ]+) \| ([^|]+) \| (yes|no|not ours) \| ([^|]+) \|$/gm
const rows = [...page.matchAll(ROW)].map(
  ([, first = '', last = first, , words = '', verdict = '', evidence = '']) => {
    return { requirements: between(first, last), words, verdict, evidence }
  },
)

/** `1.2.6`, `1.2.8` => 1.2.6, 1.2.7, 1.2.8 */
function between(first: string, last: string): string[] {
  const section = first.slice(0, first.lastIndexOf('.'))
  expect(last.slice(0, last.lastIndexOf('.'))).toBe(section)
  const [from, to] = [first, last].map(id => Number(id.slice(section.length + 1))) as [
    number,
    number,
  ]
  return Array.from({ length: to - from + 1 }, (_, i) => `${section}.${from + i}`)
}

test('docs/asvs.md answers each of the 253 requirements once', () => {
  const all = rows.flatMap(({ requirements }) => requirements)
  expect([all.length, new Set(all).size]).toEqual([253, 253])
  expect(rows.length).toBe(page.match(/^\| V/gm)?.length)
})

test('it counts right', () => {
  const count = (verdict: string) =>
    rows.filter(row => row.verdict === verdict).flatMap(({ requirements }) => requirements).length
  const said = `\n${count('yes')} yes, ${count('no')} no, ${count('not ours')} not ours.\n`
  expect(page).toContain(said)
})

test('a yes has evidence, which is there', () => {
  for (const { requirements, verdict, evidence } of rows) {
    const [requirement] = requirements
    for (const [, link = ''] of evidence.matchAll(/\]\(([^)#]+)/g)) {
      expect([requirement, existsSync(join(ROOT, 'docs', link))]).toEqual([requirement, true])
    }
    for (const [, file = ''] of evidence.matchAll(/`((?:test|src)\/[\w./-]+)`/g)) {
      expect([requirement, existsSync(join(ROOT, file))]).toEqual([requirement, true])
    }
    const named = evidence.match(/\b[A-Z]{2,3}-\d+\b/g)?.filter(id => id !== 'SHA-1') ?? []
    const kinds = named.filter(id => !/^(?:AES|SHA|UTF)/.test(id)).map(id => [id, promises.get(id)])
    for (const [id, kind] of kinds) expect([requirement, id, kind]).not.toContain(undefined)
    const open = kinds.filter(([, kind]) => kind === 'not shown yet')
    if (verdict === 'yes') expect([requirement, open]).toEqual([requirement, []])
  }
})
