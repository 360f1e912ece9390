import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const DOCS = join(__dirname, '../../docs')
const FIGURES = join(DOCS, 'figures')
const { withFigures } = require('../../bench/docs.js') as {
  withFigures(page: string, results: unknown[]): { text: string; charts: Record<string, string> }
}

const page = readFileSync(join(DOCS, 'performance.md'), 'utf8')
const files = readdirSync(FIGURES).filter(name => name.endsWith('.json'))
const results = files.map(name => JSON.parse(readFileSync(join(FIGURES, name), 'utf8')))

test('docs/performance.md holds the figures of docs/figures, as npm run bench:docs writes them', () => {
  expect(files.length).toBeGreaterThan(1)
  expect(withFigures(page, results).text).toBe(page)
})

test('the pictures are drawn from the same figures', () => {
  const { charts } = withFigures(page, results)
  expect(Object.keys(charts).length).toBeGreaterThan(0)
  for (const [name, chart] of Object.entries(charts)) {
    expect(readFileSync(join(FIGURES, name), 'utf8')).toBe(chart)
  }
})

test('every picture and every command that it names is there', () => {
  const pictures = [...page.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path]) => String(path))
  expect(pictures.length).toBeGreaterThan(0)
  for (const path of pictures)
    expect({ path, isThere: existsSync(join(DOCS, path)) }).toEqual({ path, isThere: true })
  const { scripts } = JSON.parse(readFileSync(join(DOCS, '../package.json'), 'utf8'))
  const named = [...page.matchAll(/npm run (bench[:\w-]*)/g)].map(([, name]) => String(name))
  expect(named.filter(name => !Object.hasOwn(scripts, name))).toEqual([])
})

test('a file of another bench is refused', () => {
  expect(() => withFigures(page, [{ bench: 'peers' }])).toThrow('no place for the figures of peers')
})
