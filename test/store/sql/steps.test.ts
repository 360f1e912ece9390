import { migrationsFor } from '../../../src/store/sql/migrations'
import { isUpToDate, stepsFor, type TakenStep } from '../../../src/store/sql/steps'
import type { SqlDialect } from '../../../src/store/sql/tables'

const DIALECTS: readonly SqlDialect[] = ['sqlite', 'postgres', 'mysql']

/** A list of steps, each taken a second after the one before. */
function taken(names: readonly string[]): TakenStep[] {
  return names.map((name, place) => ({ name, timestamp: new Date(place * 1000).toISOString() }))
}

test.each(['', 'mpl_'])('with the prefix "%s" the list has every migration there is', prefix => {
  for (const dialect of DIALECTS) {
    const migrations = Object.keys(migrationsFor({ dialect, tablePrefix: prefix }))
    expect({ dialect, steps: stepsFor(prefix) }).toEqual({ dialect, steps: migrations.sort() })
  }
})

test('nothing is due once all steps were taken, also where a newer version took more', () => {
  const all = stepsFor('mpl_')
  expect(isUpToDate(taken(all), 'mpl_')).toBe(true)
  expect(isUpToDate(taken([...all, '9998_newer', '9999_newest']), 'mpl_')).toBe(true)
})

test('a step that is missing, foreign or out of order is left to the migrator', () => {
  const all = [...stepsFor('mpl_')]
  expect(isUpToDate([], 'mpl_')).toBe(false)
  expect(isUpToDate(taken(all.slice(0, -1)), 'mpl_')).toBe(false)
  expect(isUpToDate(taken(all.slice(1)), 'mpl_')).toBe(false)
  expect(isUpToDate(taken([...all, '0000_of_somebody_else']), 'mpl_')).toBe(false)
  expect(isUpToDate(taken(all.toReversed()), 'mpl_')).toBe(false)
})
