import {
  type Compilable,
  type DeleteResult,
  type InsertResult,
  type Kysely,
  type RawBuilder,
  sql,
  type UpdateResult,
} from 'kysely'
import type { SqlDialect, Tables } from './tables'

/** What a parameter is, and a column. */
export type Value = string | number | null

/** What statements are written with. */
export interface Writing {
  readonly db: Kysely<Tables>
  readonly dialect: SqlDialect
}

/** A query together with the type of its parameters; the query's own type says what a row is. */
export interface Written<Params, Row> {
  readonly query: Compilable<Row>
  /** Only a type: no statement holds parameters. */
  readonly params?: Params
}

/** Stands in a query for the parameter of that name, and has its type. */
export type Parameter<Params> = <Name extends keyof Params & string>(
  name: Name,
) => RawBuilder<Params[Name]>

/**
 * Writes a statement that takes these parameters:
 * `given<{ userId: string }>()(p => db.selectFrom('users').where('id', '=', p('userId')))`.
 */
export function given<Params extends { readonly [Name in keyof Params]: Value }>() {
  const parameter: Parameter<Params> = name => sql`${{ name }}`
  return <Row>(write: (p: Parameter<Params>) => Compilable<Row>): Written<Params, Row> => ({
    query: write(parameter),
  })
}

/** What one statement comes to: the rows that it selects, or how many rows it changed. */
export type Outcome<Row> = Row extends InsertResult | UpdateResult | DeleteResult
  ? number
  : readonly Row[]
