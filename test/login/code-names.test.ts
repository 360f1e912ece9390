import { createCodeNames } from '../../src/login/code-names'
import { createDataKey, newDataKeySecret } from '../../src/token/data-key'
import { digest } from '../../src/token/digest'
import { DATA_KEYS } from '../support/data-keys'

const { codeHash, idempotencyHash } = createCodeNames(DATA_KEYS)

test('a code has one name in its app, and another one in another app', async () => {
  const name = await codeHash('wx1', 'code')
  expect(await codeHash('wx1', 'code')).toBe(name)
  expect(await codeHash('wx2', 'code')).not.toBe(name)
})

test('an Idempotency-Key has another name beside each code', async () => {
  expect(await idempotencyHash('key', 'hash-1')).not.toBe(await idempotencyHash('key', 'hash-2'))
})

test('no name can be computed from the code without the data key', async () => {
  const other = createDataKey(newDataKeySecret(0))
  const others = createCodeNames({ get: async () => other })
  expect(await codeHash('wx1', 'code')).not.toBe(await others.codeHash('wx1', 'code'))
  expect(await codeHash('wx1', 'code')).not.toBe(digest('wx1', 'code'))
})
