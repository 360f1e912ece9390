import { statementsFor } from '../../../src/store/sql/statements'
import type { SqlDialect } from '../../../src/store/sql/tables'

const TABLES = 'users|sessions|login_codes|call_counts|shared_values|data_keys'

describe.each<SqlDialect>(['sqlite', 'postgres', 'mysql'])('for %s', dialect => {
  const compile = (tablePrefix: string) =>
    Object.entries(statementsFor({ dialect, tablePrefix, sweepBatch: 5 }))

  test('every table of every statement begins with the prefix', () => {
    const bare = new RegExp(`["\`](${TABLES})["\`]|\\b(${TABLES})\\.`)
    for (const [name, { sql }] of compile('abc_')) {
      expect([name, bare.test(sql), sql.includes('abc_')]).toEqual([name, false, true])
    }
    for (const [, { sql }] of compile('')) expect(sql).toMatch(bare)
  })

  test('every parameter has a name, and no value stands in a statement for one', () => {
    for (const [, { sql, params }] of compile('mpl_')) {
      expect(params.every(name => /^[a-zA-Z]+$/.test(name))).toBe(true)
      const places = dialect === 'postgres' ? sql.match(/\$\d+/g) : sql.match(/\?/g)
      expect(params).toHaveLength(places?.length ?? 0)
    }
  })

  test('what a statement selects is known without asking the database', () => {
    const { findUserOfLogin, findSession, endSession } = Object.fromEntries(compile('mpl_'))
    expect(findUserOfLogin?.columns).toEqual([
      ...['userId', 'knownUnionid', 'knownUnionidProof', 'isDisabled', 'oldestId'],
    ])
    expect(findSession?.columns).toContain('newest_key_hash')
    expect(endSession?.columns).toEqual([])
  })
})
