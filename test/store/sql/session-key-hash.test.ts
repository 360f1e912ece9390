import { fromKeyColumn, toKeyColumn } from '../../../src/store/sql/session-key-hash'
import { digest } from '../../../src/token/digest'

test.each([null, 'digest', digest('')])('%p comes out of a column as it went in', hash => {
  expect(fromKeyColumn(toKeyColumn(hash))).toBe(hash)
})

test('no session_key is kept as text, for the column takes no null', () => {
  expect(toKeyColumn(null)).toBe('')
})
