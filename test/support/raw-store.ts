import { createClient } from '@redis/client'
import { openSqlite } from '../../src/store/sqlite/binding'
import type { Admin } from './sql-servers'

export type Field = string | number | null
export type Fields = Readonly<Record<string, Field>>

/** One row of a table, or one hash of Redis, as somebody beside the service sees it. */
export interface RawRecord {
  /** The table, or the kind of key. */
  readonly table: string
  /** The Redis key; empty in a table. */
  readonly redisKey: string
  readonly fields: Fields
}

/** A store in the hands of somebody who can read and write all of it. */
export interface RawStore {
  records(): Promise<readonly RawRecord[]>
  /** Puts other fields in the place of a record's. Resolves to whether the store took them. */
  change(record: RawRecord, fields: Fields): Promise<boolean>
  /** Puts a record back that was changed to these fields. */
  restore(record: RawRecord, fields: Fields): Promise<void>
  close(): void
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  users: ['id'],
  sessions: ['user_id', 'id'],
  login_codes: ['hash'],
  call_counts: ['key'],
  shared_values: ['key'],
}

function literal(value: Field): string {
  if (value === null) return 'null'
  // Each database makes a number of the text where the column holds numbers.
  return `'${String(value).replaceAll("'", "''")}'`
}

/** A SQLite file, opened a second time, without foreign keys in the way. */
export function sqliteAdmin(file: string): Admin {
  const db = openSqlite(file, { busyTimeoutMs: 5000, cacheKib: 1000 })
  db.exec('pragma foreign_keys = off')
  return {
    query: async sql => db.prepare(sql).all() as Record<string, unknown>[],
    end: () => db.close(),
  }
}

/** @param quote how the database quotes a column, such as `key` */
export function rawSqlStore(admin: Admin, quote: (column: string) => string): RawStore {
  const where = ({ table, fields }: Pick<RawRecord, 'table' | 'fields'>) =>
    (KEYS[table] ?? []).map(key => `${quote(key)} = ${literal(fields[key] ?? null)}`).join(' and ')
  return {
    async records() {
      const found: RawRecord[] = []
      for (const table of Object.keys(KEYS)) {
        const rows = await admin.query(`select * from mpl_${table}`)
        for (const row of rows) {
          // PostgreSQL's driver gives a bigint as text.
          const entries = Object.entries(row).map(([name, value]) => [
            name,
            /(_at|^count)$/.test(name) && value !== null ? Number(value) : value,
          ])
          found.push({ table, redisKey: '', fields: Object.fromEntries(entries) as Fields })
        }
      }
      return found
    },
    async change(record, fields) {
      const sets = Object.entries(fields).map(
        ([name, value]) => `${quote(name)} = ${literal(value)}`,
      )
      const sql = `update mpl_${record.table} set ${sets.join(', ')} where ${where(record)}`
      return admin.query(sql).then(
        () => true,
        () => false,
      )
    },
    async restore({ table, fields }, changed) {
      for (const each of [changed, fields]) {
        await admin.query(`delete from mpl_${table} where ${where({ table, fields: each })}`)
      }
      // A login in between may have made a new user where the row's own was not found.
      if (table === 'users') {
        const identity = `appid = ${literal(fields.appid ?? null)} and openid = ${literal(fields.openid ?? null)}`
        await admin.query(`delete from mpl_users where ${identity}`)
      }
      const names = Object.keys(fields)
      const values = names.map(name => literal(fields[name] ?? null))
      await admin.query(
        `insert into mpl_${table} (${names.map(quote).join(', ')}) values (${values.join(', ')})`,
      )
    },
    close: () => admin.end(),
  }
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/:s:/, 'session'],
  [/:k$/, 'newest'],
  [/^mpl:c:/, 'code'],
]

/** Every hash of ours in a Redis. */
export async function rawRedisStore(url: string): Promise<RawStore> {
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  const write = async (redisKey: string, fields: Fields) => {
    const pairs = Object.entries(fields).filter(([, value]) => value !== null)
    const text = pairs.flatMap(([name, value]) => [name, String(value)])
    await client.sendCommand(['DEL', redisKey])
    if (text.length > 0) await client.sendCommand(['HSET', redisKey, ...text])
    // The service hears of the change on a connection of its own.
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  return {
    async records() {
      const found: RawRecord[] = []
      for (const redisKey of await client.keys('mpl:*')) {
        const [, table] = KINDS.find(([form]) => form.test(redisKey)) ?? []
        if (!table) continue
        found.push({ table, redisKey, fields: { ...(await client.hGetAll(redisKey)) } })
      }
      return found
    },
    async change({ redisKey }, fields) {
      await write(redisKey, fields)
      return true
    },
    restore: ({ redisKey, fields }) => write(redisKey, fields),
    close: () => client.destroy(),
  }
}
