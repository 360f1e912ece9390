import type { Value } from './statement'
import type { StatementName, Statements } from './statements'

/** Statements that run one after the other, all or nothing. */
export interface Sequence {
  /** The names of its statements, with a space between: all that the writing thread is told. */
  readonly key: string
  /** Each parameter once, in the order in which the values travel. */
  readonly params: readonly SequenceParam[]
  readonly steps: readonly Step[]
}

export interface SequenceParam {
  readonly name: string
  /** Comes from the caller; any other is selected by a step before it is needed. */
  readonly isGiven: boolean
}

export interface Step {
  readonly statement: StatementName
  /** Whether it selects rows; what a step that writes comes to is a number. */
  readonly isSelect: boolean
  /** Where the step's own parameters stand among the values of the sequence. */
  readonly params: readonly number[]
  /** Of the first row that it selects: which column goes where, for the steps after it. */
  readonly selects: readonly SelectedParam[]
}

interface SelectedParam {
  readonly column: string
  readonly index: number
}

/** Looks a sequence up by the names of its statements; each is put together once. */
export type FindSequence = (key: string) => Sequence

export function sequencesOf(statements: Statements): FindSequence {
  const sequences = new Map<string, Sequence>()
  return key => {
    let sequence = sequences.get(key)
    if (!sequence) {
      sequence = createSequence(key, statements)
      sequences.set(key, sequence)
    }
    return sequence
  }
}

function createSequence(key: string, statements: Statements): Sequence {
  const names = key.split(' ') as StatementName[]
  const params = [...new Set(names.flatMap(name => statements[name].params))]
  const selected = new Set<string>()
  const given = new Set<string>()
  for (const name of names) {
    for (const param of statements[name].params) if (!selected.has(param)) given.add(param)
    for (const column of statements[name].columns) selected.add(column)
  }
  const steps = names.map((name, position): Step => {
    const later = new Set(names.slice(position + 1).flatMap(each => statements[each].params))
    const { columns, params: own } = statements[name]
    return {
      statement: name,
      isSelect: columns.length > 0,
      params: own.map(param => params.indexOf(param)),
      selects: columns
        .filter(column => later.has(column))
        .map(column => ({ column, index: params.indexOf(column) })),
    }
  })
  return { key, params: params.map(name => ({ name, isGiven: given.has(name) })), steps }
}

/**
 * The values of a sequence in one flat list, without names: what is sent to a thread is copied
 * twice. A parameter that a step selects is null until that step has run.
 *
 * @throws TypeError for a parameter that is undefined: whoever means null says null
 */
export function valuesOf(
  { key, params }: Sequence,
  given: Readonly<Record<string, unknown>>,
): Value[] {
  return params.map(({ name, isGiven }) => {
    if (!isGiven) return null
    const value = given[name]
    if (value === undefined) throw new TypeError(`${key} needs the parameter "${name}"`)
    return value as Value
  })
}

/** The values of one step. */
export function valuesOfStep({ params }: Step, values: readonly Value[]): Value[] {
  return params.map(index => values[index] as Value)
}

/**
 * Puts what a step selected where the steps after it look for it.
 *
 * @throws Error when it selected no row: the steps after it would run with nulls
 */
export function passOn({ statement, selects }: Step, row: unknown, values: Value[]): void {
  if (selects.length === 0) return
  if (row === undefined) throw new Error(`${statement} found no row for the statements after it`)
  for (const { column, index } of selects)
    values[index] = (row as Record<string, Value>)[column] as Value
}
