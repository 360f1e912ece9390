import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OPTIONS } from '../../src/config/variables'
import { newestKeyArgs } from '../../src/store/redis/newest-record'
import { createRedisKeys } from '../../src/store/redis/redis-keys'
import { sessionArgs } from '../../src/store/redis/session-record'
import { migrate } from '../../src/store/sql/migrate'
import { openSchema } from '../store/sql/sqlite-schema'

const read = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8')
const page = read('docs/privacy.md')

/** The text below a heading, up to the next one. */
function section(title: string): string {
  const from = page.indexOf(`## ${title}`)
  expect([title, from > 0]).toEqual([title, true])
  const end = page.indexOf('\n## ', from + 1)
  return page.slice(from, end < 0 ? undefined : end)
}

/** The cells of each row of a table whose first cell begins with a name in code. */
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .map(line => line.slice(2, -2).split(' | '))
const namesIn = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => String(name))

async function columnsOfDatabase(): Promise<string[]> {
  const { db, ask, close } = openSchema()
  await migrate(db, { dialect: 'sqlite', tablePrefix: '', schema: undefined })
  const tables = ask("select name from sqlite_schema where type = 'table'").filter(
    // What the migrator itself, and SQLite, keep.
    name => !/^(login_migrations(_lock)?|sqlite_.*)$/.test(String(name)),
  )
  expect(tables.length).toBeGreaterThan(5)
  const columns = tables.flatMap(table =>
    ask(`select name from pragma_table_info('${table}')`).map(column => `${table}.${column}`),
  )
  await close()
  return columns
}

test('docs/privacy.md has every column of the database once, and no other', async () => {
  const listed = rowsOf(section('数据库')).flatMap(([names]) => namesIn(names))
  expect(listed.sort()).toEqual((await columnsOfDatabase()).sort())
})

test('each column says what it is and until when it is kept', () => {
  for (const cells of rowsOf(section('数据库'))) {
    const isSaid = cells.length === 3 && cells.every(text => text.length > 1)
    expect([cells, isSaid]).toEqual([cells, true])
  }
})

test('it has every kind of key in Redis, and no other', () => {
  const keys = createRedisKeys('mpl:')
  const made = Object.keys(keys).map(kind => {
    if (kind === 'ofSession') return keys.ofSession({ id: '<session>', userId: '<user>' })
    const name = { ofCode: '<code hash>', ofCounter: '<counter>', ofValue: '<value>' }[kind]
    return keys[kind as 'ofCode'](name ?? '<user>')
  })
  expect(made.length).toBeGreaterThan(6)
  const listed = rowsOf(section('Redis')).map(([key]) => namesIn(key)[0])
  expect(listed.sort()).toEqual(made.sort())
})

test('it has every field of a session and of a newest session_key in Redis', () => {
  const everyOther = (args: readonly unknown[]) => args.filter((_, i) => i % 2 === 0)
  const known = { unionid: 'u', unionidProof: 'p' }
  const times = { createdAt: 1, expiresAt: 2 }
  const ofSession = { appid: 'a', openid: 'o', sealed: 's', sessionKeyHash: 'h' }
  const session = everyOther(sessionArgs({ ...ofSession, ...known, ...times }))
  const newest = everyOther(
    newestKeyArgs({
      ...known,
      ...{ newestKeyHash: 'h', newestKeyAt: 1, newestKeyCheck: { at: 1, valid: true } },
    }),
  )
  const listed = (letter: string) => {
    const [, fields] = rowsOf(section('Redis')).find(([key]) => key?.includes(letter)) ?? []
    return namesIn(fields).sort()
  }
  // `usedAt` is written by a script of its own.
  expect(listed('}:s:')).toEqual([...session, 'usedAt'].sort())
  expect(listed('}:k')).toEqual(newest.sort())
})

test('it has every field of a line of the log', () => {
  const lines = section('日志')
  const line = (words: string) => {
    const row = lines.split('\n').find(text => text.startsWith(`| ${words}`))
    return namesIn(row?.split(' | ')[1]).sort()
  }
  const [, request = ''] =
    /const line =([\s\S]*?)return/.exec(read('src/http/request-log.ts')) ?? []
  const ofRequest = [...request.matchAll(/"(\w+)":|field\('(\w+)'|\$\{(PID)\}/g)].map(
    ([, written, field, pid]) => written ?? field ?? pid?.toLowerCase(),
  )
  expect(ofRequest.length).toBeGreaterThan(12)
  expect(line('每个请求')).toEqual(ofRequest.sort())
  const [, names = ''] =
    /const NAMES[^{]*\{\n([\s\S]*?)\n\}/.exec(read('src/observe/audit.ts')) ?? []
  const ofEvents = [...names.matchAll(/: '(\w+)'/g)].map(([, name]) => name)
  expect(ofEvents.length).toBeGreaterThan(8)
  expect(line('每个事件')).toEqual(ofEvents.sort())
})

test('it has every attribute of a trace', () => {
  const [, said = ''] = /追踪（OpenTelemetry.*?）的属性只有 (.*?)；/.exec(section('日志')) ?? []
  const attributes = new Set(
    [...read('src/observe/tracing.ts').matchAll(/'([a-z_]+(?:\.[a-z_]+)+)'/g)].map(
      ([, name]) => name,
    ),
  )
  expect(attributes.size).toBeGreaterThan(3)
  expect(namesIn(said).sort()).toEqual([...attributes].sort())
})

test('every time that it names is the one in the code', () => {
  const rows = [
    ...section('期限').matchAll(
      /^\| (\d+)(?: ms)? \| .+ \| `(\w+)`(?: `(src\/[\w/-]+\.ts)`)? \|$/gm,
    ),
  ]
  expect(rows.length).toBeGreaterThan(6)
  const found = rows.map(([, said, name, file]) => ({
    name,
    said,
    is: figureOf(String(name), file),
  }))
  for (const { name, said, is } of found) expect({ name, value: said }).toEqual({ name, value: is })
  // A time in a sentence is one of the table's.
  const seconds = found.flatMap(({ is }) => [Number(is), Number(is) / 1000])
  const named = [...page.matchAll(/(\d+) 秒/g)].map(([, figure]) => Number(figure))
  const unproven = named.filter(figure => !seconds.includes(figure) && figure !== RETRY_SECONDS)
  expect([named.length > 5, unproven]).toEqual([true, []])
})

/** After which WeChat pushes again; of WeChat's page, and not of our code. */
const RETRY_SECONDS = 5

/** A setting's default, or a constant of a file. */
function figureOf(name: string, file: string | undefined): string | undefined {
  if (file === undefined) {
    const option = Object.values(OPTIONS).find(each => 'env' in each && each.env === name)
    return String(option?.schema.parse(undefined))
  }
  const pattern = new RegExp(`\\b${name}(?: = |: |\\(0, )([\\d_]+)\\b`)
  return pattern.exec(read(file))?.[1]?.replaceAll('_', '')
}
