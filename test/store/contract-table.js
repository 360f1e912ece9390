// npm run contract-table: the store contract as it just ran, a row a promise, a column a store.
const { execFileSync, spawnSync } = require('node:child_process')
const { mkdtempSync, readdirSync, readFileSync, existsSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const TITLE = /^the store contract on (.+)$/

function runContract() {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'))
  const file = join(folder, 'report.json')
  const jest = require.resolve('jest/bin/jest')
  try {
    const args = [jest, 'test/store/contract.test.ts', '--json', `--outputFile=${file}`]
    spawnSync(process.execPath, args, { stdio: 'ignore' })
    return JSON.parse(readFileSync(file, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function versions() {
  const root = '/usr/lib/postgresql'
  const folders = existsSync(root) ? readdirSync(root).map(name => join(root, name, 'bin')) : []
  const PATH = [...folders, process.env.PATH, '/usr/sbin', '/usr/local/sbin'].join(':')
  const ask = (program, pattern) => {
    try {
      const text = execFileSync(program, ['--version'], { env: { ...process.env, PATH } })
      return pattern.exec(String(text))?.[1] ?? '?'
    } catch {
      return 'not installed'
    }
  }
  const { openSqlite } = require('../../dist/store/sqlite/binding')
  const sqlite = openSqlite(':memory:', { busyTimeoutMs: 0, cacheKib: 1000 })
  const [{ version }] = sqlite.prepare('select sqlite_version() as version').all()
  sqlite.close()
  return {
    memory: `Node ${process.versions.node}`,
    SQLite: version,
    PostgreSQL: ask('postgres', /PostgreSQL\) ([\d.]+)/),
    MariaDB: ask('mariadbd', /Ver ([\d.]+)/),
    Redis: ask('redis-server', /v=([\d.]+)/),
  }
}

function main() {
  const cells = new Map()
  const stores = new Set()
  for (const { assertionResults } of runContract().testResults) {
    for (const { ancestorTitles, title, status } of assertionResults) {
      const [, store] = TITLE.exec(ancestorTitles[0] ?? '') ?? []
      if (!store) continue
      stores.add(store)
      const promise = [...ancestorTitles.slice(1), title].join(': ')
      const row = cells.get(promise) ?? new Map()
      cells.set(promise, row.set(store, status))
    }
  }
  const of = versions()
  const columns = [...stores]
  const line = values => process.stdout.write(`| ${values.join(' | ')} |\n`)
  line(['', ...columns.map(store => `${store} ${of[store.split(' ')[0]] ?? ''}`.trim())])
  line(['---', ...columns.map(() => '---')])
  let green = true
  for (const [promise, row] of cells) {
    const marks = columns.map(store => {
      if (row.get(store) === 'failed') green = false
      return { passed: '✓', failed: '**✗**' }[row.get(store)] ?? '–'
    })
    line([promise, ...marks])
  }
  process.exitCode = green && cells.size > 0 ? 0 : 1
}

main()
