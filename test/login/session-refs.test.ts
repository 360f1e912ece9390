import { createSessionRefs } from '../../src/login/session-refs'
import { createSigningKeys } from '../../src/token/signing-keys'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'

const refs = createSessionRefs(createSigningKeys(JWT_SECRET))
const context = { codeHash: 'hash-1', idempotencyHash: 'key-1' }
const ref = { sessionId: 'session-1', settledAt: 1_700_000_000_000 }
const sealed = refs.seal(ref, context)

test('a reference opens for its own code and Idempotency-Key', () => {
  expect(refs.open(sealed, context)).toEqual(ref)
})

test('copied to another code, or shown with another Idempotency-Key, it does not open', () => {
  expect(refs.open(sealed, { ...context, codeHash: 'hash-2' })).toBeUndefined()
  expect(refs.open(sealed, { ...context, idempotencyHash: 'key-2' })).toBeUndefined()
  expect(refs.open(sealed, { ...context, idempotencyHash: null })).toBeUndefined()
})

test('it shows no session, and opens with no other secret', () => {
  expect(sealed).not.toContain(ref.sessionId)
  const others = createSessionRefs(createSigningKeys(OTHER_JWT_SECRET))
  expect(others.open(sealed, context)).toBeUndefined()
  for (const junk of ['', '.', ref.sessionId]) expect(refs.open(junk, context)).toBeUndefined()
})

test('it fits its column', () => {
  expect(refs.seal({ ...ref, sessionId: 'x'.repeat(32) }, context).length).toBeLessThan(255)
})
