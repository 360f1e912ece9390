import { createRefresh } from '../../src/login/refresh'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { createSigningKeys } from '../../src/token/signing-keys'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'
import { failing, ORIGIN, SESSION_TTL_SECONDS, startParts } from './parts'

test('the new token is of the same session, and the old one stays valid', async () => {
  const parts = startParts()
  const { identify, clock } = parts
  const first = await parts.login({ code: 'ann' }, ORIGIN)
  const { session } = await identify({ token: first.token }, { origin: ORIGIN })
  clock.advance(60)
  const renewed = await createRefresh(parts)(session, ORIGIN)
  expect(renewed.token).not.toBe(first.token)
  for (const token of [first.token, renewed.token]) {
    const identity = await identify({ token }, { origin: ORIGIN })
    expect(identity.session.id).toBe(first.sessionId)
  }
})

test('a token never outlives its session', async () => {
  const parts = startParts()
  const session = await parts.sessionOf('bob')
  parts.clock.advance(SESSION_TTL_SECONDS - 10)
  const { expiresIn } = await createRefresh(parts)(session, ORIGIN)
  expect(expiresIn).toBe(10)
})

test('the store is not written while the seal is current', async () => {
  const parts = startParts()
  const session = await parts.sessionOf('carol')
  const reseal = jest.fn()
  const store = { sessions: failing(parts.store.sessions, { reseal }) }
  await createRefresh({ ...parts, store })(session, ORIGIN)
  expect(reseal).not.toHaveBeenCalled()
})

test('after a rotation the secrets move to the new key, in the row and in the token', async () => {
  const store = createMemoryStore()
  const session = await startParts({ store }).sessionOf('dave')
  const during = startParts({ store, signingKeys: createSigningKeys(OTHER_JWT_SECRET, JWT_SECRET) })
  const { token } = await createRefresh(during)(session, ORIGIN)
  const after = startParts({ store, signingKeys: createSigningKeys(OTHER_JWT_SECRET) })
  const { claims, sessionKey } = await after.identify({ token }, { origin: ORIGIN })
  expect(claims.enc).toBe((await store.sessions.find(session))?.sealed)
  expect(sessionKey()).toBe(during.secrets.tryOpen(session)?.sessionKey)
})

test('a session whose sealing secret is gone is ended, and the refusal is told', async () => {
  const store = createMemoryStore()
  const session = await startParts({ store }).sessionOf('erin')
  const rotated = startParts({ store, signingKeys: createSigningKeys(OTHER_JWT_SECRET) })
  await expect(createRefresh(rotated)(session, ORIGIN)).rejects.toMatchObject({
    code: 'session_ended',
  })
  expect(rotated.heard('token.refused')).toMatchObject([{ reason: 'sealing_key_gone', ...ORIGIN }])
})
