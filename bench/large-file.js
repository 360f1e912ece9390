const { openStore } = require('../dist/store/open')
const { openSqlite } = require('../dist/store/sqlite/binding')
const { createEvents } = require('../dist/events')

const quiet = { log: { info() {}, warn() {}, error() {} }, events: createEvents() }
/** A user with one session and one code, in a file of SQLite's, with indexes. */
const BYTES_EACH = 880

const FILL = `
  create temp table one as
    with recursive count(n) as (select 1 union all select n + 1 from count where n < $users)
    select lower(hex(randomblob(11))) id, 'o' || lower(hex(randomblob(13))) openid,
      lower(hex(randomblob(16))) session, lower(hex(randomblob(11))) hash, $now now from count;
  insert into mpl_users (id, appid, openid, key_hash, key_at, created_at, last_login_at, proof)
    select id, 'wx0123456789abcdef', openid, hash, now, now, now, lower(hex(randomblob(13))) from one;
  insert into mpl_sessions (id, user_id, sealed, key_hash, created_at, expires_at)
    select session, id, lower(hex(randomblob(64))), hash, now, now + 2592000000 from one;
  insert into mpl_login_codes (hash, status, owner, claimed_at, settled_at, session_ref, user_id, expires_at)
    select hash, 'done', lower(hex(randomblob(8))), now, now, lower(hex(randomblob(52))), id, now + 600000
    from one;
  drop table one;`

/** Fills the file of a service that is stopped with as many users as make so many bytes. */
async function fillFile(file, bytes) {
  const database = openSqlite(file, { busyTimeoutMs: 1000, cacheKib: 65_536 })
  const users = Math.ceil(bytes / BYTES_EACH)
  database.exec(FILL.replace('$users', users).replace('$now', Date.now()))
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
}

/** Makes a file with the schema and no rows. */
async function makeFile(file) {
  const store = await openStore(`sqlite:${file}`, quiet)
  await store.close()
}

module.exports = { fillFile, makeFile }
