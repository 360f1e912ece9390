import { type CreateTableBuilder, type Kysely, type RawBuilder, sql } from 'kysely'
import { catalogOf } from './catalog'
import { prefixTables } from './prefix-tables'
import type { SchemaTarget } from './schema-target'
import type { SqlDialect, TableName } from './tables'

/** What a column may be that is added to a table. */
export type ColumnType = 'bigint' | 'integer' | `varchar(${number})`

/**
 * Changes of a schema that can be made again after an interruption: MySQL commits every change of a
 * table at once and cannot roll it back.
 */
export class SchemaChange {
  /** Knows our tables by the names of `tables.ts`. */
  readonly db: Kysely<unknown>
  readonly dialect: SqlDialect
  readonly target: SchemaTarget

  constructor(db: Kysely<unknown>, target: SchemaTarget) {
    this.db = db.withPlugin(prefixTables(target.tablePrefix, target.schema))
    this.dialect = target.dialect
    this.target = target
  }

  /** What a table, a constraint or an index of ours is called in the database. */
  nameOf(name: string): string {
    return this.target.tablePrefix + name
  }

  /** A table or an index of that very name, in the schema that our tables are in. */
  at(name: string): RawBuilder<unknown> {
    const { schema } = this.target
    return schema === undefined ? sql.id(name) : sql.id(schema, name)
  }

  /** Begins a table that is made where there is none. */
  table(name: TableName): CreateTableBuilder<string> {
    const create = this.db.schema.createTable(name).ifNotExists()
    // Every key here is text: with a hidden row number SQLite would keep a second tree for each.
    if (this.dialect === 'sqlite') return create.modifyEnd(sql`without rowid`)
    if (this.dialect === 'postgres') return create
    // Binary comparison: an openid differs by case from another person's.
    return create.modifyEnd(sql`engine = innodb character set utf8mb4 collate utf8mb4_bin`)
  }

  async addColumn(table: TableName, column: string, type: ColumnType): Promise<void> {
    const columns = await catalogOf(this.db, this.target).columns(this.nameOf(table))
    if (columns.has(column)) return
    await this.db.schema.alterTable(table).addColumn(column, type).execute()
  }

  /** `onlyPresent`: leave out the rows where the column is null. MySQL knows no such index. */
  async addIndex(
    name: string,
    table: TableName,
    column: string,
    { onlyPresent = false } = {},
  ): Promise<void> {
    if (this.dialect === 'mysql') return this.#addMysqlIndex(name, table, column)
    const create = this.db.schema.createIndex(this.nameOf(name)).ifNotExists().on(table)
    const index = create.column(column)
    if (!onlyPresent) return index.execute()
    return index.where(sql<boolean>`${sql.ref(column)} is not null`).execute()
  }

  /**
   * In MySQL an index belongs to its table and needs no prefix. MySQL, unlike MariaDB, knows no
   * "create index if not exists".
   */
  async #addMysqlIndex(name: string, table: TableName, column: string): Promise<void> {
    const indexes = await catalogOf(this.db, this.target).indexes(this.nameOf(table))
    if (indexes.includes(name)) return
    await this.db.schema.createIndex(name).on(table).column(column).execute()
  }
}
