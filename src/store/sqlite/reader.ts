import type { Row } from '../sql/driver'
import type { Value } from '../sql/statement'
import type { Statement, StatementName, Statements } from '../sql/statements'
import type { SqliteDatabase } from './binding'

type Read = (values: readonly Value[]) => readonly Row[]

/** Reads on the event loop, on prepared statements: a few microseconds each. */
export function createReader(database: SqliteDatabase, statements: Statements) {
  const prepared = new Map<StatementName, Read>()
  return (name: StatementName, values: readonly Value[]): readonly Row[] => {
    let read = prepared.get(name)
    if (!read) {
      read = prepare(database, statements[name])
      prepared.set(name, read)
    }
    return read(values)
  }
}

/**
 * Where the binding can give rows as lists it does: naming each value is dearer there than here,
 * where every row of a statement has one shape.
 */
function prepare(database: SqliteDatabase, { sql, columns }: Statement): Read {
  const statement = database.prepare(sql)
  if (!statement.setReturnArrays) return values => statement.all(...values) as Row[]
  statement.setReturnArrays(true)
  return values =>
    (statement.all(...values) as Value[][]).map(cells => {
      const row: Record<string, Value> = {}
      for (let i = 0; i < columns.length; i++) row[columns[i] as string] = cells[i] as Value
      return row
    })
}
