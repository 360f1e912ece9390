const { createClient } = require('@redis/client')
const pg = require('pg')
const { openSqlite } = require('../dist/store/sqlite/binding')
const { cloneStatements } = require('./clone-sessions')

const CACHE_KIB = 512 * 1024

/** Fills a SQLite file that nobody has open up to so many more sessions: 10⁶ in half a minute. */
function fillSqlite(file, sessions) {
  const database = openSqlite(file, { busyTimeoutMs: 1000, cacheKib: CACHE_KIB })
  const run = sql => database.prepare(sql).run()
  const columnsOf = table =>
    database
      .prepare(`select name from pragma_table_info('mpl_${table}')`)
      .all()
      .map(({ name }) => name)
  const numbers = `(with recursive numbers(i) as
    (select 0 union all select i + 1 from numbers where i + 1 < ${sessions}) select i from numbers) numbers`
  for (const sql of ['pragma synchronous = off', 'pragma temp_store = memory', 'begin']) run(sql)
  const dialect = { hex: 'lower(hex(randomblob(16)))', numbers, columnsOf }
  for (const sql of cloneStatements(dialect)) run(sql)
  for (const sql of ['commit', 'pragma wal_checkpoint(truncate)', 'pragma optimize']) {
    database.prepare(sql).all()
  }
  database.close()
}

/** Fills one schema of a PostgreSQL with so many more sessions: 10⁶ in a minute or two. */
async function fillPostgres(url, schema, sessions) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(`set search_path to ${schema}`)
    await client.query('set synchronous_commit = off')
    const names = await client.query(
      `select table_name, column_name from information_schema.columns where table_schema = $1`,
      [schema],
    )
    const columnsOf = table =>
      names.rows.filter(each => each.table_name === `mpl_${table}`).map(each => each.column_name)
    const numbers = `generate_series(0, ${sessions - 1}) as numbers(i)`
    const hex = `replace(gen_random_uuid()::text, '-', '')`
    for (const sql of cloneStatements({ hex, numbers, columnsOf })) await client.query(sql)
    for (const table of ['users', 'sessions']) await client.query(`vacuum analyze mpl_${table}`)
  } finally {
    await client.end()
  }
}

/**
 * Copies one session of Redis, with what a user has beside it, so many times: 10⁶ in half a minute.
 * The copies' names are as long as the real ones.
 */
const COPY_SESSIONS = `
for i = 1, tonumber(ARGV[3]) do
  local random = redis.sha1hex(ARGV[4] .. i)
  local user = ARGV[1] .. '{' .. string.sub(random, 1, 22) .. '}:'
  redis.call('COPY', ARGV[2] .. 'r', user .. 'r')
  redis.call('COPY', ARGV[2] .. 'k', user .. 'k')
  redis.call('COPY', KEYS[1], user .. 's:' .. string.sub(random .. random, 9, 40))
end`
const COPIES_AT_ONCE = 5000

/** Fills the keys with one prefix in a Redis with so many more sessions. */
async function fillRedis(url, prefix, sessions) {
  const client = createClient({ url, RESP: 2 })
  await client.connect()
  try {
    const original = await anySession(client, prefix)
    const user = original.slice(0, original.indexOf('}:') + 2)
    for (let left = sessions; left > 0; left -= COPIES_AT_ONCE) {
      const count = String(Math.min(left, COPIES_AT_ONCE))
      const args = [prefix, user, count, `${prefix}${left}`]
      await client.sendCommand(['EVAL', COPY_SESSIONS, '1', original, ...args])
    }
  } finally {
    client.destroy()
  }
}

async function anySession(client, prefix) {
  for await (const keys of client.scanIterator({ MATCH: `${prefix}{*}:s:*`, COUNT: 1000 })) {
    if (keys.length > 0) return keys[0]
  }
  throw new Error(`no session begins with ${prefix}`)
}

module.exports = { fillPostgres, fillRedis, fillSqlite }
