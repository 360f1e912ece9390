import { migrationsFor } from '../../../src/store/sql/migrations'
import { isUpToDate, listSteps, migrateIfDue, stepsFor } from '../../../src/store/sql/steps'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
const listOf = (names: readonly string[]) =>
  names.map((name, place) => ({ name, timestamp: at(place) }))
const OURS = stepsFor('mpl_')

test.each(['', 'mpl_'])(
  'with the prefix "%s" they are the steps of the migrations',
  tablePrefix => {
    for (const dialect of ['sqlite', 'postgres', 'mysql'] as const) {
      const migrations = migrationsFor({ dialect, tablePrefix })
      expect(stepsFor(tablePrefix)).toEqual(Object.keys(migrations).sort())
    }
  },
)

test('a database that has taken all steps has nothing to migrate', () => {
  expect(isUpToDate(listOf(OURS), 'mpl_')).toBe(true)
  expect(isUpToDate(listOf(OURS).reverse(), 'mpl_')).toBe(true)
  // A migration of SQLite may take all of them within one millisecond.
  const atOnce = OURS.map(name => ({ name, timestamp: at(0) }))
  expect(isUpToDate([...atOnce].reverse(), 'mpl_')).toBe(true)
})

test('steps of a newer version behind ours are no reason to migrate', () => {
  expect(isUpToDate(listOf([...OURS, '0998_later', '0999_still_later']), 'mpl_')).toBe(true)
})

test.each([
  ['a step is missing', listOf(OURS.slice(0, -1))],
  ['the first step is missing', listOf(OURS.slice(1))],
  ['there is none', []],
  ['a step among ours is not known', listOf([...OURS, '0002_theirs'])],
  ['a step stands twice', listOf([...OURS, '0998_later', '0998_later'])],
  ['newer steps came in another order', listOf([...OURS, '0999_still_later', '0998_later'])],
  ['ours came in another order', listOf([...OURS.slice(1), OURS[0] as string])],
])('the migrator has to look when %s', (_, taken) => {
  expect(isUpToDate(taken, 'mpl_')).toBe(false)
})

test('the list is asked for by its quoted name', () => {
  const tablePrefix = 'mpl_'
  expect(listSteps({ dialect: 'mysql', tablePrefix })).toBe(
    'select `name`, `timestamp` from `mpl_login_migrations`',
  )
  expect(listSteps({ dialect: 'postgres', tablePrefix, schema: 'a"b' })).toBe(
    'select "name", "timestamp" from "a""b"."mpl_login_migrations"',
  )
})

describe('a server', () => {
  const migrate = jest.fn(async () => {})
  beforeEach(() => migrate.mockClear())
  const failing = (error: object) => () => Promise.reject(Object.assign(new Error(), error))

  test('that is up to date is not migrated', async () => {
    await migrateIfDue('mpl_', async () => listOf(OURS), migrate)
    expect(migrate).not.toHaveBeenCalled()
  })

  test.each([{ code: '42P01' }, { code: 'ER_NO_SUCH_TABLE' }, { message: 'no such table: x' }])(
    'without a list (%j) is migrated',
    async error => {
      await migrateIfDue('mpl_', failing(error), migrate)
      expect(migrate).toHaveBeenCalledTimes(1)
    },
  )

  test('that cannot be asked is not migrated, and its own error is passed on', async () => {
    const error = { code: 'ECONNREFUSED' }
    await expect(migrateIfDue('mpl_', failing(error), migrate)).rejects.toMatchObject(error)
    expect(migrate).not.toHaveBeenCalled()
  })
})
