import { migrate } from '../../../src/store/sql/migrate'
import { TABLE_NAMES } from '../../../src/store/sql/tables'
import { openSchema, type Schema } from './sqlite-schema'

let schema: Schema
beforeEach(() => {
  schema = openSchema()
})
afterEach(() => schema.close())

const migrateTo = (tablePrefix: string) => migrate(schema.db, { dialect: 'sqlite', tablePrefix })
const tables = () => schema.ask(`select name from sqlite_schema where type = 'table'`)
const steps = () => schema.ask('select name from abc_login_migrations order by name')

test('an empty database gets every table, and the list of the steps that were taken', async () => {
  await migrateTo('abc_')
  const ours = TABLE_NAMES.map(name => `abc_${name}`)
  expect(tables()).toEqual(expect.arrayContaining([...ours, 'abc_login_migrations']))
  expect(steps()).toContain('0001_users')
})

test('a second time it does nothing', async () => {
  await migrateTo('abc_')
  const before = [tables(), steps()]
  await migrateTo('abc_')
  expect([tables(), steps()]).toEqual(before)
})

test('a table of somebody else’s that has our name is refused, and nothing is made', async () => {
  schema.run('create table abc_sessions (theirs int)')
  await expect(migrateTo('abc_')).rejects.toMatchObject({ code: 'schema_foreign' })
  expect(tables()).toEqual(['abc_sessions'])
})

test('a table of somebody else’s with a name that is not ours disturbs nothing', async () => {
  schema.run('create table orders (id int)')
  await migrateTo('abc_')
  expect(tables()).toContain('orders')
})

test('steps of a newer version are accepted: instances are replaced one by one', async () => {
  await migrateTo('abc_')
  schema.run(`insert into abc_login_migrations values ('9999_of_a_newer_version', 'now')`)
  await migrateTo('abc_')
  expect(steps()).toContain('9999_of_a_newer_version')
})

test('a step of somebody else’s among ours is refused', async () => {
  await migrateTo('abc_')
  schema.run(`insert into abc_login_migrations values ('0000_of_somebody_else', 'now')`)
  await expect(migrateTo('abc_')).rejects.toThrow(/migration/)
})
