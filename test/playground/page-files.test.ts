import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPageFiles } from '../../src/playground/page-files'

const FOLDER = join(__dirname, '../../src/playground/page')
const sources = readdirSync(FOLDER).map(name => ({
  name,
  text: readFileSync(join(FOLDER, name), 'utf8'),
}))

test('every file of the page is served by its name, and the page itself at the root', () => {
  const files = readPageFiles()
  expect(files.size).toBe(sources.length)
  expect(files.get('/')?.type).toBe('text/html; charset=utf-8')
  expect(files.get('/playground/base.css')?.type).toBe('text/css; charset=utf-8')
  expect(files.get('/playground/main.mjs')?.type).toBe('text/javascript; charset=utf-8')
})

test('the page carries the nonce of its answer wherever it loads something', () => {
  const text = readPageFiles().get('/')?.text('n0nce') ?? ''
  const loads = text.match(/<(?:script|link rel="stylesheet")[^>]*>/g) ?? []
  const styles = [...readPageFiles().keys()].filter(path => path.endsWith('.css'))
  expect(loads).toHaveLength(1 + styles.length)
  for (const load of loads) expect(load).toContain('nonce="n0nce"')
  expect(text).not.toContain('{{')
})

test.each(sources)('$name turns no text into markup, and names no other origin', ({ text }) => {
  expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|DOMParser/)
  expect(text).not.toMatch(/\son\w+="|style="|javascript:/)
  expect(text.match(/(?:https?:)?\/\/[\w.-]+\.\w+/g) ?? []).toEqual([])
})

test.each(sources)('$name has one job: it is no longer than 300 lines', ({ name, text }) => {
  // A style sheet is a table of rows.
  if (!name.endsWith('.css')) expect(text.split('\n').length).toBeLessThanOrEqual(301)
})
