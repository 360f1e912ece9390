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

module.exports = { fillSqlite }
