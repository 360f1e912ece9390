import { type Catalog, catalogOf } from '../../../src/store/sql/catalog'
import { openSchema, type Schema } from './sqlite-schema'

let schema: Schema
let catalog: Catalog

beforeEach(() => {
  schema = openSchema()
  catalog = catalogOf(schema.db, { dialect: 'sqlite' })
})
afterEach(() => schema.close())

test('an empty database has no table, and a table that is not there no column and no index', async () => {
  expect(await catalog.tables()).toEqual(new Set())
  expect(await catalog.columns('a')).toEqual(new Set())
  expect(await catalog.indexes('a')).toEqual([])
})

test('tables are those of everybody; a view and an index are none', async () => {
  schema.run('create table a (x int); create table b (y int)')
  schema.run('create view v as select x from a; create index i on a (x)')
  expect(await catalog.tables()).toEqual(new Set(['a', 'b']))
})

test('columns and indexes are those of the one table that was asked for', async () => {
  schema.run('create table a (x int, y int); create table b (z int)')
  schema.run('create index of_a on a (x); create index of_b on b (z)')
  expect(await catalog.columns('a')).toEqual(new Set(['x', 'y']))
  expect(await catalog.indexes('a')).toEqual(['of_a'])
})

test('a name is a value, never part of the question', async () => {
  schema.run('create table a (x int)')
  expect(await catalog.columns(`a' or '1'='1`)).toEqual(new Set())
  expect(await catalog.tables()).toEqual(new Set(['a']))
})
