import { createHash, createHmac } from 'node:crypto'
import {
  createDataKey,
  isSealedByAll,
  newDataKeySecret,
  openDataKey,
  sealDataKey,
} from '../../src/token/data-key'
import { createSigningKeys } from '../../src/token/signing-keys'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'

const secret = newDataKeySecret(0)
const key = createDataKey(secret)

describe('a proof', () => {
  const proof = key.prove('user', 'id', 'appid', 'openid')

  test('holds for its own parts alone', () => {
    expect(key.holds(proof, 'user', 'id', 'appid', 'openid')).toBe(true)
    expect(key.holds(proof, 'user', 'id', 'appid', 'openid-2')).toBe(false)
    expect(key.holds(proof, 'user', 'id', 'appido', 'penid')).toBe(false)
    expect(key.holds(`${proof}A`, 'user', 'id', 'appid', 'openid')).toBe(false)
    expect(key.holds('', 'user', 'id', 'appid', 'openid')).toBe(false)
  })

  test('of another data key is known not to be ours, and does not hold', () => {
    const other = createDataKey(newDataKeySecret(0))
    expect([key.isOwn(proof), other.isOwn(proof), key.isOwn(null)]).toEqual([true, false, false])
    expect(other.holds(proof, 'user', 'id', 'appid', 'openid')).toBe(false)
  })

  test('stays the same in every version and process: rows are full of proofs', () => {
    const fixed = createDataKey({ secret: Buffer.alloc(32).toString('base64url'), adoptUntil: 0 })
    expect(fixed.prove('user', 'id')).toBe('3KyZxkNguGou1ZPouRxLLTLLy7')
    expect(fixed.digest('code', 'c')).toBe('xSSmtz4ukCeXfX0sOLk-d_')
  })
})

test('a digest cannot be computed without the key: it is no plain hash and no MAC of known keys', () => {
  const shown = key.digest('203.0.113.7')
  expect(shown).toMatch(/^[\w-]{22}$/)
  const guesses = ['203.0.113.7', '11:203.0.113.7'].flatMap(text => [
    createHash('sha256').update(text).digest('base64url'),
    createHmac('sha256', '').update(text).digest('base64url'),
  ])
  for (const guess of guesses) expect(guess).not.toContain(shown)
})

describe('a sealed data key', () => {
  const [first, second] = [createSigningKeys(JWT_SECRET), createSigningKeys(OTHER_JWT_SECRET)]
  const both = createSigningKeys(OTHER_JWT_SECRET, JWT_SECRET)

  test('is opened by each signing key that sealed it, and by no other', () => {
    const sealed = sealDataKey(both, { ...secret, adoptUntil: 5 })
    for (const keys of [first, second, both]) {
      expect(openDataKey(keys, sealed)).toEqual({ ...secret, adoptUntil: 5 })
    }
    expect(openDataKey(second, sealDataKey(first, secret))).toBeUndefined()
  })

  test('shows nothing of the key, and does not open when it was altered', () => {
    const sealed = sealDataKey(first, secret)
    expect(sealed).not.toContain(secret.secret.slice(0, 8))
    expect(openDataKey(first, `${sealed.slice(0, -6)}AAAAAA`)).toBeUndefined()
    for (const junk of ['', ' ', '.', sealed.slice(9)]) {
      expect(openDataKey(first, junk)).toBeUndefined()
    }
  })

  test('is known to be sealed by all the keys of a step, and by no key more', () => {
    expect(isSealedByAll(first, sealDataKey(first, secret))).toBe(true)
    expect(isSealedByAll(both, sealDataKey(first, secret))).toBe(false)
    expect(isSealedByAll(second, sealDataKey(both, secret))).toBe(false)
  })
})
