import type { Params, Result, Value } from '../sql/sql-store'
import type { StatementName, Statements } from '../sql/statements'

/**
 * One write on its way to the writing thread: the names of its statements in one text, then every
 * parameter that any of them has, once. What travels is copied twice, so it is kept small.
 */
export type WireWrite = readonly [statements: string, ...values: Value[]]

/** Each statement's result, or why nothing was written. */
export type WireResult = readonly Result[] | WireFailure
export interface WireFailure {
  readonly code: string
}

/** What the thread is told: writes, and when their callers stop waiting (ms since 1970), or to end. */
export type WireMessage = WireBatch | 'close'
export interface WireBatch {
  readonly deadline: number
  /** The same for the caller who came first, and may have waited for the batch before. */
  readonly firstDeadline: number
  /** Whether the batch has to be on the disk before anybody hears of it. */
  readonly durable: boolean
  readonly writes: readonly WireWrite[]
}

const paramNames = new Map<string, readonly string[]>()

/** The parameters of a write's statements, each once, in the order in which their values travel. */
export function paramsOf(key: string, statements: Statements): readonly string[] {
  let names = paramNames.get(key)
  if (!names) {
    names = [...new Set(statementsOf(key).flatMap(name => statements[name].params))]
    paramNames.set(key, names)
  }
  return names
}

/** The statements that a key names. */
export function statementsOf(key: string): StatementName[] {
  return key === '' ? [] : (key.split(' ') as StatementName[])
}

const counts = new Map<string, number>()

/** How many statements a key names. */
export function countOf(key: string): number {
  let count = counts.get(key)
  if (count === undefined) {
    count = statementsOf(key).length
    counts.set(key, count)
  }
  return count
}

export function toWire(
  names: readonly StatementName[],
  params: Params,
  statements: Statements,
): WireWrite {
  const key = names.join(' ')
  return [key, ...paramsOf(key, statements).map(name => params[name] ?? null)]
}
