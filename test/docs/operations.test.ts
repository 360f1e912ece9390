import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { VARIABLES } from '../../src/config/variables'

const read = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8')
const page = read('docs/operations.md')
const rounded = (value: number, like: string) => value.toFixed(like.split('.')[1]?.length ?? 0)

test('every figure that is called fixed is the one in the code', () => {
  const rows = [...page.matchAll(/^\| (\d+)(?: ms)? \| .+ \| `(\w+)` `(src\/[\w/-]+\.ts)` \|$/gm)]
  expect(rows.length).toBeGreaterThan(10)
  for (const [, said, name, file] of rows) {
    const code = new RegExp(`\\b${name}(?: =|:) ([\\d_]+)\\b`).exec(read(String(file)))?.[1]
    expect({ name, value: said }).toEqual({ name, value: code?.replaceAll('_', '') })
  }
})

test('every variable that it names is one of ours', () => {
  const named = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`(?! `src)/g)].map(
    ([, name]) => name,
  )
  expect(named.length).toBeGreaterThan(10)
  const strangers = named.filter(name => !VARIABLES.includes(String(name)))
  expect(strangers).toEqual([])
})

test('every command that it gives is there', () => {
  const { scripts } = JSON.parse(read('package.json'))
  const benches = Object.keys(scripts).filter(name => name.startsWith('bench:'))
  const named = [...page.matchAll(/npm run (bench:[\w-]+)/g)].map(([, name]) => name)
  expect(named.sort()).toEqual(benches.sort())
  for (const name of benches) expect(() => read(scripts[name].replace('node ', ''))).not.toThrow()
})

test('its sums are right', () => {
  const cores = [...page.matchAll(/(\d+) × (\d+) µs = ([\d.]+) 核/g)]
  const bytes = [...page.matchAll(/(\d+) × (\d+) B = ([\d.]+) GB/g)]
  expect(cores.length).toBeGreaterThan(5)
  expect(bytes.length).toBeGreaterThan(4)
  for (const [sum, many, each, said = ''] of cores) {
    const cpu = (Number(many) * Number(each)) / 1e6
    expect(sum).toContain(`= ${rounded(cpu, said)} `)
  }
  for (const [sum, many, each, said = ''] of bytes) {
    const size = (Number(many) * Number(each)) / 1e9
    expect(sum).toContain(`= ${rounded(size, said)} `)
  }
})

test('what it multiplies was measured: each factor stands in a table of figures', () => {
  const tables = page.slice(page.indexOf('## 容量'), page.indexOf('## 算例'))
  const factors = [...page.matchAll(/× (\d+) (?:µs|B)\b/g)].map(([, figure]) => figure)
  for (const figure of factors) expect(tables).toMatch(new RegExp(`\\| ${figure} \\|`))
})

test('the settings that it asks of Redis are those that the service looks for', () => {
  const wanted = [
    ...read('src/store/redis/link/durability.ts').matchAll(/^ {2}'?(\w[\w-]+)'?: '(\w+)'/gm),
  ]
  expect(wanted.length).toBe(3)
  for (const [, name, value] of wanted)
    expect(page).toMatch(new RegExp(`^${name} ${value}\\b`, 'm'))
})
