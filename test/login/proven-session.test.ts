import { createProvenSession } from '../../src/login/proven-session'
import type { Session } from '../../src/store/contract/sessions'
import { OTHER_APPID, startParts, userOf } from './parts'

const platform = {
  exchangeCode: async (code: string) => ({ ...userOf(code), unionid: `u-${code}` }),
}

/** A session of alice, her token's claims, and what counts how often a token was opened. */
async function setUp() {
  const parts = startParts({ platform })
  const { secrets, bonds, jwt, issueToken } = parts
  const session = await parts.sessionOf('alice')
  const claims = jwt.verify(issueToken(session).token)
  const openToken = jest.fn(secrets.openToken)
  const holdsUnionid = jest.fn(bonds.holdsUnionid)
  const prove = createProvenSession({ secrets: { openToken }, bonds: { holdsUnionid } })
  return { ...parts, session, claims, prove, openToken, holdsUnionid }
}

test('a row that agrees with the token is given as it is, and the token is opened once', async () => {
  const { session, claims, prove, openToken, holdsUnionid } = await setUp()
  for (let i = 0; i < 3; i++) expect(await prove(session, claims)).toBe(session)
  expect(openToken).toHaveBeenCalledTimes(1)
  expect(holdsUnionid).not.toHaveBeenCalled()
})

test.each<[string, Partial<Session>]>([
  ['id', { id: 'another' }],
  ['user', { userId: 'another' }],
  ['appid', { appid: OTHER_APPID }],
  ['openid', { openid: 'openid-of-victim' }],
])('a row that names another %s is ended', async (_field, change) => {
  const { session, claims, prove } = await setUp()
  const ended = { code: 'session_ended', reason: 'row_disagrees' }
  expect(() => prove({ ...session, ...change }, claims)).toThrow(expect.objectContaining(ended))
})

test('a token whose seal is of another session, or does not open, is ended', async () => {
  const { session, claims, prove, sessionOf } = await setUp()
  const other = await sessionOf('bob')
  for (const enc of [other.sealed, 'kid.junk', '']) {
    const ended = { code: 'session_ended', reason: 'sealing_key_gone' }
    expect(() => prove(session, { ...claims, enc })).toThrow(expect.objectContaining(ended))
  }
})

test('a unionid that no login of the user brought counts as unknown', async () => {
  const { session, claims, prove, sessionOf } = await setUp()
  const victim = await sessionOf('victim')
  const { unionid, unionidProof } = victim
  for (const swapped of [{ unionid }, { unionid, unionidProof }, { unionid, unionidProof: null }]) {
    expect(await prove({ ...session, ...swapped }, claims)).toMatchObject({
      ...{ userId: session.userId, unionid: null },
    })
  }
})

test('a unionid that a later login brought is proven once and then remembered', async () => {
  const { session, claims, prove, bonds, holdsUnionid } = await setUp()
  const unionidProof = await bonds.proveUnionid(session.userId, 'u-later')
  const later = { ...session, unionid: 'u-later', unionidProof }
  for (let i = 0; i < 3; i++) expect(await prove(later, claims)).toBe(later)
  expect(holdsUnionid).toHaveBeenCalledTimes(1)
})

test('while the data key cannot be asked for, such a unionid counts as unknown', async () => {
  const { session, claims, secrets } = await setUp()
  const down = { holdsUnionid: () => Promise.reject(new Error('down')) }
  const prove = createProvenSession({ secrets, bonds: down })
  const later = { ...session, unionid: 'u-later' }
  expect((await prove(later, claims)).unionid).toBeNull()
  expect((await prove(session, claims)).unionid).toBe('u-alice')
})
