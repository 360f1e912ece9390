import type { IncomingMessage } from 'node:http'
import { contextOf, originOf } from '../../src/http/context'

const request = (headers: object, more: object = {}) =>
  ({ headers, ...more }) as unknown as IncomingMessage
/** What Express adds, here with a setting that trusts every peer. */
const PROXY = { app: { get: () => () => true }, socket: { remoteAddress: '10.0.0.1' } }
const idOf = (given: unknown) => contextOf(request({ 'x-request-id': given }, PROXY)).requestId

test('a request has one context, whoever asks for it', () => {
  const req = request({})
  const context = contextOf(req)
  context.userId = 'u1'
  expect(contextOf(req)).toBe(context)
  expect(contextOf(request({})).userId).toBeUndefined()
})

test('a well-formed request id of a proxy is kept', () => {
  for (const id of ['gateway-1.2_3', 'x'.repeat(64), '12345678']) expect(idOf(id)).toBe(id)
})

test('any other request id is replaced by one of ours, each time another', () => {
  for (const id of ['short', 'x'.repeat(65), 'a b c d e', 'a\nb c d e', ['12345678'], undefined]) {
    expect(idOf(id)).toMatch(/^[0-9a-f-]{36}$/)
  }
  expect(idOf(undefined)).not.toBe(idOf(undefined))
})

test('a stranger’s request id is replaced, too: it could be somebody else’s', () => {
  const given = { 'x-request-id': 'gateway-1.2_3' }
  for (const more of [{}, { ...PROXY, app: { get: () => () => false } }]) {
    expect(contextOf(request(given, more)).requestId).toMatch(/^[0-9a-f-]{36}$/)
  }
})

describe('the origin of a request', () => {
  test('names its id and the client’s address', () => {
    const req = request({ 'x-request-id': 'request-1' }, { ...PROXY, ip: '203.0.113.9' })
    expect(originOf(req)).toEqual({ requestId: 'request-1', ip: '203.0.113.9' })
  })

  test('survives being spread into an event', () => {
    const req = request({ 'x-request-id': 'request-1' }, { ...PROXY, ip: '203.0.113.9' })
    expect({ type: 'x', ...originOf(req) }).toEqual({
      type: 'x',
      requestId: 'request-1',
      ip: '203.0.113.9',
    })
  })

  test('is made once, and not before somebody asks', () => {
    let looks = 0
    const req = request({})
    const ip = () => `203.0.113.${++looks}`
    Object.defineProperty(req, 'ip', { get: ip })
    contextOf(req)
    expect(looks).toBe(0)
    expect(originOf(req)).toBe(originOf(req))
    expect(looks).toBe(1)
  })
})
