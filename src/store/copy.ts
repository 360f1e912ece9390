import { isDeepStrictEqual } from 'node:util'
import { type InsertQueryBuilder, type InsertResult, type Kysely, sql } from 'kysely'
import type { OpenedTables } from './open-tables'
import { lookAtSchema } from './sql/migrate'
import { prefixTables } from './sql/prefix-tables'
import type { SqlDialect, TableName, Tables } from './sql/tables'

/** In this order: a session needs its user. What is not here lives for minutes, or is fetched anew. */
const COPIED = ['data_keys', 'users', 'sessions'] as const satisfies readonly TableName[]
type CopiedTable = (typeof COPIED)[number]

/** SQLite takes 32,766 parameters in one statement: 1,000 users have 17,000. */
const BATCH = 1000
/** Rows of each table that are read back and compared, spread over all of it. */
const SAMPLES = 200

export interface CopyOptions {
  readonly from: OpenedTables
  readonly to: OpenedTables
  /** Goes on with a copy that was interrupted: what is there already stays. */
  readonly isResumed: boolean
  /** Milliseconds since 1970: a session that has ended by then is not copied. */
  readonly now: number
  /** Rows that are read and written at one time. Default 1000. */
  readonly batch?: number
  /** Hears how far a table is. */
  tell(table: CopiedTable, done: number, of: number): void
}

export interface Copied {
  readonly users: number
  readonly sessions: number
  /** Rows that were read back from the target and compared. */
  readonly compared: number
}

export type CopyProblem =
  | 'source_not_current'
  | 'target_not_empty'
  | 'target_of_another'
  | 'counts_differ'
  | 'rows_differ'

/** The copy was not begun, or is not one. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused'
  readonly problem: CopyProblem

  constructor(problem: CopyProblem, detail: string) {
    super(detail)
    this.problem = problem
  }
}

type Row = Readonly<Record<string, string | number | null>>

/**
 * Copies users, sessions that run, and the key of the users' proofs from one database to another,
 * then compares counts, and samples row by row. The service must not write meanwhile.
 *
 * @throws CopyRefused, or whatever a database says
 */
export async function copyStore(options: CopyOptions): Promise<Copied> {
  const { isResumed } = options
  const copies = COPIED.map(table => new TableCopy(table, options))
  await refuseOldSource(options.from)
  if (isResumed) await refuseAnother(copies)
  else await refuseUsed(copies)
  for (const copy of copies) await copy.run()
  let compared = 0
  for (const copy of copies) compared += await copy.compare()
  const [, users, sessions] = await Promise.all(copies.map(copy => copy.count('to')))
  return { users: users ?? 0, sessions: sessions ?? 0, compared }
}

async function refuseOldSource(from: OpenedTables): Promise<void> {
  const { missing, newer } = await lookAtSchema(from.db, from)
  if (missing.length === 0 && newer.length === 0) return
  throw new CopyRefused('source_not_current', [...missing, ...newer].join(', '))
}

async function refuseUsed(copies: readonly TableCopy[]): Promise<void> {
  for (const copy of copies) {
    const rows = await copy.count('to')
    if (rows > 0) throw new CopyRefused('target_not_empty', `${copy.table}: ${rows}`)
  }
}

/** A target whose data key is another one holds another service's users. */
async function refuseAnother([keys, ...others]: readonly TableCopy[]): Promise<void> {
  const [ours, theirs] = await Promise.all([keys?.all('from'), keys?.all('to')])
  if (ours?.length && isDeepStrictEqual(ours, theirs)) return
  // Killed before its first row, a copy has left nothing.
  const rows = await Promise.all(others.map(copy => copy.count('to')))
  if (theirs?.length === 0 && rows.every(count => count === 0)) return
  throw new CopyRefused('target_of_another', 'data_keys')
}

/** Where each table's rows are in order, and what one page after another goes by. */
const KEYS = { data_keys: 'name', users: 'id', sessions: 'user_id' } as const
const IDS = { data_keys: ['name'], users: ['id'], sessions: ['user_id', 'id'] } as const

class TableCopy {
  readonly table: CopiedTable
  readonly #options: CopyOptions
  readonly #batch: number
  readonly #samples: Row[] = []

  constructor(table: CopiedTable, options: CopyOptions) {
    this.#batch = options.batch ?? BATCH
    this.table = table
    this.#options = options
  }

  async run(): Promise<void> {
    const { tell } = this.#options
    const total = await this.count('from')
    const everyRows = Math.max(1, Math.floor(total / SAMPLES))
    let done = 0
    for (let after: string | undefined; ; ) {
      const rows = await this.#page(after)
      if (rows.length === 0) break
      await this.#insert(rows)
      for (const row of rows) if (done++ % everyRows === 0) this.#samples.push(row)
      after = String(rows.at(-1)?.[KEYS[this.table]])
      tell(this.table, done, total)
    }
  }

  async count(side: 'from' | 'to'): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from ${this.#at(side)} ${this.#running()}`.execute(this.#db(side))
    return Number(rows[0]?.count)
  }

  async all(side: 'from' | 'to'): Promise<readonly Row[]> {
    const { rows } = await sql<Row>`select * from ${this.#at(side)}`.execute(this.#db(side))
    return rows.map(plain)
  }

  /** Resolves to how many rows were compared. */
  async compare(): Promise<number> {
    const [from, to] = await Promise.all([this.count('from'), this.count('to')])
    if (from !== to) throw new CopyRefused('counts_differ', `${this.table}: ${from}, ${to}`)
    for (const sample of this.#samples) {
      const parts = IDS[this.table].map(id => sql`${sql.id(id)} = ${sample[id]}`)
      const where = sql.join(parts, sql` and `)
      const { rows } = await sql<Row>`select * from ${this.#at('to')} where ${where}`.execute(
        this.#db('to'),
      )
      const found = rows[0] && plain(rows[0])
      if (!isDeepStrictEqual(found, sample)) throw new CopyRefused('rows_differ', this.table)
    }
    return this.#samples.length
  }

  /**
   * The next rows. A user's sessions stay on one page: pages go by the user alone, because databases
   * find a place by one column quickly and by two not always.
   */
  async #page(after: string | undefined): Promise<readonly Row[]> {
    const key = sql.id(KEYS[this.table])
    const next = after === undefined ? sql`` : sql`and ${key} > ${after}`
    const { rows } = await sql<Row>`
      select * from ${this.#at('from')} ${this.#running()} ${next}
      order by ${key} limit ${sql.lit(this.#batch)}`.execute(this.#db('from'))
    const page = rows.map(plain)
    if (this.table !== 'sessions' || page.length < this.#batch) return page
    const last = page.at(-1)?.user_id
    const whole = page.filter(row => row.user_id !== last)
    return whole.length > 0 ? whole : page
  }

  async #insert(rows: readonly Row[]): Promise<void> {
    const { to } = this.#options
    const ours = (to.db as Kysely<Tables>).withPlugin(prefixTables(to.tablePrefix, to.schema))
    const insert = ours.insertInto(this.table).values(rows as never)
    await orLeave(insert as never, to.dialect, KEYS[this.table]).execute()
  }

  #db(side: 'from' | 'to'): Kysely<unknown> {
    return this.#options[side].db
  }

  #at(side: 'from' | 'to') {
    const { tablePrefix, schema } = this.#options[side]
    const name = tablePrefix + this.table
    return schema === undefined ? sql.id(name) : sql.id(schema, name)
  }

  /** Without the sessions that have ended. */
  #running() {
    if (this.table !== 'sessions') return sql`where 1 = 1`
    return sql`where expires_at > ${this.#options.now}`
  }
}

/** A row that is there already stays. MySQL's own "ignore" would also cut what is too long. */
function orLeave(
  insert: InsertQueryBuilder<Tables, CopiedTable, InsertResult>,
  dialect: SqlDialect,
  key: string,
): InsertQueryBuilder<Tables, CopiedTable, InsertResult> {
  if (dialect !== 'mysql') return insert.onConflict(conflict => conflict.doNothing())
  return insert.onDuplicateKeyUpdate({ [key]: sql.ref(key) } as never)
}

/** The columns in one order, whatever class a driver gives its rows. */
function plain(row: Row): Row {
  return Object.fromEntries(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)))
}
