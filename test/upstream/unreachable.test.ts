import { inspect } from 'node:util'
import { unreachableBy } from '../../src/upstream/unreachable'

const withCode = (code: unknown) => Object.assign(new Error('secret=canary'), { code })

test.each<[string, { sent: boolean; isLate: boolean }, string, object]>([
  ['sent and late', { sent: true, isLate: true }, 'timeout', { reason: 'deadline' }],
  ['not sent and late', { sent: false, isLate: true }, 'unavailable', { reason: 'deadline' }],
  ['sent', { sent: true, isLate: false }, 'bad_answer', { reason: 'ECONNRESET' }],
  ['not sent', { sent: false, isLate: false }, 'unavailable', { reason: 'ECONNRESET' }],
])('a call that was %s', (_what, how, kind, rest) => {
  expect(unreachableBy(withCode('ECONNRESET'), how)).toMatchObject({
    kind,
    sent: how.sent,
    ...rest,
  })
})

test.each([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'UNABLE_TO_GET_ISSUER_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'EPROTO',
])('%s before anything was sent is TLS that refused the peer', code => {
  expect(unreachableBy(withCode(code), { sent: false, isLate: false })).toMatchObject({
    kind: 'unavailable',
    reason: 'tls',
  })
})

test.each([undefined, 7, '', 'x', 'has space', 'A'.repeat(42), 'https://x/?secret=canary'])(
  'a code that is %p is not shown',
  code => {
    const failure = unreachableBy(withCode(code), { sent: true, isLate: false })
    expect(failure.reason).toBe('unknown')
  },
)

test('of the error that it stands for nothing but the code is left', () => {
  const failure = unreachableBy(withCode('EPIPE'), { sent: true, isLate: false })
  expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('canary')
  expect(failure.cause).toBeUndefined()
})
