import { fixOf } from '../../../../src/store/redis/link/refusals'

test.each([
  ['wrongpass', /percent-encoded.*%40/],
  ['noauth', /redis:\/\/:password@host/],
  ['noperm', /lacks a right/],
  ['wrong_database', /no database of that number/],
])('%s is a refusal, and its fix is said', (reason, fix) => expect(fixOf(reason)).toMatch(fix))

test.each(['econnrefused', 'loading', 'readonly', 'constructor'])(
  '%s goes by itself, or is nothing that Redis says, and has no fix',
  reason => expect(fixOf(reason)).toBeUndefined(),
)
