const { openSqlite } = require('../dist/store/sqlite/binding')

/** Bytes of each table with its indexes, in a database that the store has written to. */
const SIZES = {
  sqlite(url) {
    const file = url.slice('sqlite:'.length)
    const database = openSqlite(file, { busyTimeoutMs: 1000, cacheKib: 1024 })
    const sql =
      'select tbl_name name, sum(pgsize) bytes from dbstat join sqlite_schema using (name) group by 1'
    const rows = database.prepare(sql).all()
    database.close()
    return rows
  },

  async postgres(url) {
    const { Client } = require('pg')
    const client = new Client(url)
    await client.connect()
    const sql = `select relname name, pg_total_relation_size(oid) bytes from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace`
    const { rows } = await client.query(sql)
    await client.end()
    return rows
  },

  async mariadb(url) {
    const connection = await require('mysql2/promise').createConnection(url)
    const [tables] = await connection.query('show tables')
    for (const table of tables) {
      await connection.query('analyze table ??', Object.values(table))
    }
    // What its pages take: the files grow in steps of megabytes.
    const sql = `select table_name name, data_length + index_length bytes
      from information_schema.tables where table_schema = database()`
    const [rows] = await connection.query(sql)
    await connection.end()
    return rows
  },
}

/** Resolves to bytes by table name. */
async function tableSizes(kind, url) {
  const rows = await SIZES[kind](url)
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)]))
}

module.exports = { tableSizes }
