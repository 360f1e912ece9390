import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')

describe('docs/api', () => {
  const script = join(ROOT, 'scripts/api-report.js')
  const printed = execFileSync(process.execPath, [script, '--print'], { encoding: 'utf8' })
  const reports: Readonly<Record<string, string>> = JSON.parse(printed)

  test('has a report of every entry of the package, and no other', () => {
    const there = readdirSync(join(ROOT, 'docs/api')).map(name => `docs/api/${name}`)
    expect(there.sort()).toEqual(Object.keys(reports).sort())
  })

  test.each(Object.entries(reports))(
    '%s is what the types say: a changed surface is changed there too, by `npm run docs`',
    (path, text) => {
      expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text)
    },
  )
})
