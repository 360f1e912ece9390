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

/** The figures of all places in the page that have this shape. */
const all = (shape: RegExp) => [...page.matchAll(shape)].map(groups => groups.slice(1).map(Number))

test('the model follows from its inputs: cores, instances, memory, connections', () => {
  const cores = all(/\(([\d.]+) \+ ([\d.]+)\) 核 ÷ 50 % ≈ (\d+) 核：(\d+) 台/g)
  expect(cores).toHaveLength(2)
  for (const [logins = 0, checks = 0, half, instances] of cores) {
    for (const part of [logins, checks]) expect(page).toContain(`= ${part.toFixed(1)} 核`)
    const wanted = Math.round((logins + checks) / 0.5)
    expect([half, instances]).toEqual([wanted, Math.ceil(wanted / 4)])
  }
  const memory = all(/([\d.]+) \+ ([\d.]+) \+ ([\d.]+) = ([\d.]+) GB，10 个主库每个 ([\d.]+) GB/g)
  expect(memory).toHaveLength(1)
  for (const [a = 0, b = 0, c = 0, sum = 0, each] of memory) {
    for (const part of [a, b, c]) expect(page).toContain(`= ${part.toFixed(1)} GB`)
    expect(a + b + c).toBeCloseTo(sum, 9)
    expect(each).toBe(Number((sum / 10).toFixed(1)))
  }
  const products = all(/(?<![\d.(] )(\d+) × (\d+) = (\d+)(?! 核)/g)
  expect(products.length).toBeGreaterThan(0)
  for (const [a = 0, b = 0, product] of products) expect(a * b).toBe(product)
  expect(all(/(\d+) × 3 ÷ 10 = 每主每秒 (\d+) 个/g)).toEqual([[20000, 6000]])
  expect(all(/(\d+) × \((\d+) \+ 9 × (\d+)\) B = (\d+) GB/g)).toEqual([
    [100_000_000, 1268, 696, Math.round((100_000_000 * (1268 + 9 * 696)) / 1e9)],
  ])
})

test('what a login writes, times the logins of a second', () => {
  const counts = [...page.matchAll(/(\d+) × ([\d.]+) (?:次|B\/s) = ([\d.]+) (?:次\/秒|MB\/s)/g)]
  expect(counts).toHaveLength(4)
  for (const [sum, many, each, said = ''] of counts) {
    const scale = sum.includes('MB') ? 1e6 : 1
    expect(sum).toContain(`= ${rounded((Number(many) * Number(each)) / scale, said)} `)
    expect(page).toMatch(new RegExp(`\\| ${each} \\|`))
  }
})

test('the settings that it asks of Redis are those that the service looks for', () => {
  const wanted = [
    ...read('src/store/redis/link/durability.ts').matchAll(/^ {2}'?(\w[\w-]+)'?: '(\w+)'/gm),
  ]
  expect(wanted.length).toBe(3)
  for (const [, name, value] of wanted)
    expect(page).toMatch(new RegExp(`^${name} ${value}\\b`, 'm'))
})
