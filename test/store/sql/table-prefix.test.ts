import { DEFAULT_TABLE_PREFIX, problemWithTablePrefix } from '../../../src/store/sql/table-prefix'

test.each(['', 'a', DEFAULT_TABLE_PREFIX, 'a1_', 'a23456789012345678901'])(
  'the prefix "%s" can be used',
  prefix => {
    expect(problemWithTablePrefix(prefix)).toBeUndefined()
  },
)

test.each(['A', '1a', '_a', 'a-b', 'a.b', 'a"', 'a b', 'a\n', 'a234567890123456789012'])(
  'the prefix "%s" is refused',
  prefix => {
    expect(problemWithTablePrefix(prefix)).toMatch(/small letter/)
  },
)
