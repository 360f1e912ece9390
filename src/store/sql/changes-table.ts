import { sql } from 'kysely'
import { CHANGES_TABLE, type CHANGES_TRIGGERS } from './changes-names'
import type { SchemaChange } from './schema-change'

/** Rows that stay, so that who was not asked for a while can still read on. 60 bytes each. */
const KEPT = 2048
const PRUNE_EVERY = 512

/**
 * Makes SQLite itself write down whose sessions a commit changes: whatever program commits, also a
 * person at the sqlite3 shell. A user of null means all users. A session and its user are one thing
 * here: a check reads both. `sqlite/session-changes.ts` reads what is written down.
 *
 * - `insert or replace` and `update or replace` delete rows without running a delete trigger. So an
 *   insert names the rows that it may replace, and a change of a key names all.
 * - What is there already stays: a start makes what was lost since, in a recovery or by hand.
 * - A user who is erased must leave no trace: what was noted of the user goes, and all are named.
 */
export async function createChangesTable(change: SchemaChange): Promise<void> {
  const { db, dialect } = change
  if (dialect !== 'sqlite') return
  const nameOf = (name: string) => change.nameOf(name)
  const [changes, sessions, users] = [nameOf(CHANGES_TABLE), nameOf('sessions'), nameOf('users')]
  const note = `insert into "${changes}" (user_id)`
  // By its random `mark` a row differs from the row of the same number in another copy of the file.
  // It has 52 bits, because a number of JavaScript holds no more.
  const table = `create table if not exists "${changes}" (
    seq integer primary key, user_id text, mark integer not null default (random() >> 12))`
  const triggers: Record<(typeof CHANGES_TRIGGERS)[number], string> = {
    session_inserted: `before insert on "${sessions}"
      when exists (select 1 from "${sessions}" where user_id = new.user_id and id = new.id)
      begin ${note} values (new.user_id); end`,
    session_updated: `after update on "${sessions}" begin ${note}
      values (case when (old.user_id, old.id) = (new.user_id, new.id) then old.user_id end); end`,
    session_deleted: `after delete on "${sessions}" begin ${note} values (old.user_id); end`,
    user_inserted: `before insert on "${users}" begin ${note}
      select id from "${users}" where appid = new.appid and openid = new.openid
      union select id from "${users}" where id = new.id; end`,
    user_updated: `after update on "${users}" begin ${note} values (case
      when (old.id, old.appid, old.openid) = (new.id, new.appid, new.openid) then old.id end); end`,
    user_deleted: `after delete on "${users}" begin
      delete from "${changes}" where user_id = old.id; ${note} values (null); end`,
    session_changes_pruned: `after insert on "${changes}" when new.seq % ${PRUNE_EVERY} = 0
      begin delete from "${changes}" where seq <= new.seq - ${KEPT}; end`,
  }
  await sql.raw(table).execute(db)
  // There is always a row to read on from, also before the first change.
  await sql.raw(`${note} values (null)`).execute(db)
  for (const [name, body] of Object.entries(triggers)) {
    await sql.raw(`create trigger if not exists "${nameOf(name)}" ${body}`).execute(db)
  }
}
