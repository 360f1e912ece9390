import { LoginError } from '../../src/errors'
import { createIntrospect } from '../../src/login/introspect'
import { ORIGIN } from './parts'

const refusing = (code: ConstructorParameters<typeof LoginError>[0]) =>
  createIntrospect(async () => {
    throw new LoginError(code)
  })

test.each(['token_missing', 'token_invalid', 'token_expired', 'session_ended'] as const)(
  'a token that is refused as %s does not hold, and nothing more is said',
  async code => {
    expect(await refusing(code)('t', ORIGIN)).toBeUndefined()
  },
)

test.each(['store_unavailable', 'overloaded', 'internal'] as const)(
  '%s is no answer about the token',
  async code => {
    await expect(refusing(code)('t', ORIGIN)).rejects.toMatchObject({ code })
  },
)

test('it is a use of the session, as the guard’s is', async () => {
  const asked: unknown[] = []
  const introspect = createIntrospect(async (shown, limits) => {
    asked.push([shown, limits])
    throw new LoginError('token_invalid')
  })
  await introspect('t', ORIGIN)
  expect(asked).toEqual([[{ token: 't' }, { origin: ORIGIN }]])
})
