import { SchemaChange } from '../../../src/store/sql/schema-change'
import { openSchema, type Schema } from './sqlite-schema'

let schema: Schema
let change: SchemaChange

beforeEach(() => {
  schema = openSchema()
  change = new SchemaChange(schema.db, { dialect: 'sqlite', tablePrefix: 'abc_' })
})
afterEach(() => schema.close())

const createUsers = () =>
  change
    .table('users')
    .addColumn('id', 'varchar(32)', column => column.primaryKey())
    .addColumn('unionid', 'varchar(32)')
    .execute()
const sqlOf = (name: string) =>
  String(schema.ask(`select sql from sqlite_schema where name = '${name}'`)[0])

test('a table gets the prefix, and no hidden row number', async () => {
  await createUsers()
  expect(schema.ask(`select name from sqlite_schema where type = 'table'`)).toEqual(['abc_users'])
  expect(sqlOf('abc_users')).toMatch(/without rowid$/)
  expect(change.nameOf('anything')).toBe('abc_anything')
})

test('a table that is there is left with what it holds', async () => {
  await createUsers()
  schema.run(`insert into abc_users values ('u', null)`)
  await createUsers()
  expect(schema.ask('select id from abc_users')).toEqual(['u'])
})

test('a column is added once, and its rows stay', async () => {
  await createUsers()
  schema.run(`insert into abc_users values ('u', null)`)
  await change.addColumn('users', 'seen_at', 'bigint')
  await change.addColumn('users', 'seen_at', 'bigint')
  expect(schema.ask(`select name from pragma_table_info('abc_users')`)).toEqual([
    'id',
    'unionid',
    'seen_at',
  ])
  expect(schema.ask('select id from abc_users')).toEqual(['u'])
})

test('an index is made once, under the prefix, of all rows', async () => {
  await createUsers()
  await change.addIndex('users_unionid', 'users', 'unionid')
  await change.addIndex('users_unionid', 'users', 'unionid')
  expect(sqlOf('abc_users_unionid')).toMatch(/on "abc_users" \("unionid"\)$/)
})

test('an index of what is present leaves out the rows that have nothing', async () => {
  await createUsers()
  await change.addIndex('users_unionid', 'users', 'unionid', { onlyPresent: true })
  expect(sqlOf('abc_users_unionid')).toMatch(/where "unionid" is not null$/)
})

test.each([
  ['mysql', 'engine = innodb character set utf8mb4 collate utf8mb4_bin'],
  ['postgres', ')'],
] as const)('a table of %s ends with what the database needs', (dialect, end) => {
  const other = new SchemaChange(schema.db, { dialect, tablePrefix: '' })
  const { sql } = other.table('users').addColumn('id', 'varchar(32)').compile()
  expect(sql.endsWith(end)).toBe(true)
  expect(sql).not.toContain('rowid')
})
