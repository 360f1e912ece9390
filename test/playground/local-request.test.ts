import type { IncomingMessage } from 'node:http'
import { isFromAnotherPage, isFromThisMachine } from '../../src/playground/local-request'

const request = (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage

test.each([
  ['127.0.0.1', 'localhost:3000'],
  ['::1', '[::1]:3000'],
  ['::ffff:127.0.0.1', '127.0.0.1'],
])('%s that asks for %s is this machine', (address, host) => {
  expect(isFromThisMachine(request({ host }, address))).toBe(true)
})

test.each([
  ['192.168.1.7', { host: 'localhost:3000' }],
  ['203.0.113.9', { host: '127.0.0.1:3000' }],
  // A name of somebody else's that was made to lead here.
  ['127.0.0.1', { host: 'rebound.example:3000' }],
  ['127.0.0.1', { host: 'localhost.example' }],
  ['127.0.0.1', {}],
  ['127.0.0.1', { host: 'localhost', 'x-forwarded-for': '203.0.113.9' }],
  ['127.0.0.1', { host: 'localhost', forwarded: 'for=203.0.113.9' }],
] as [string, Record<string, string>][])('%s with %j is not', (address, headers) => {
  expect(isFromThisMachine(request(headers, address))).toBe(false)
})

test.each([
  [{ host: 'localhost:3000' }, false],
  [{ host: 'localhost:3000', origin: 'http://localhost:3000' }, false],
  [{ host: 'localhost:3000', 'sec-fetch-site': 'same-origin' }, false],
  [{ host: 'localhost:3000', origin: 'http://localhost:8080' }, true],
  [{ host: 'localhost:3000', origin: 'null' }, true],
  [{ host: 'localhost:3000', 'sec-fetch-site': 'cross-site' }, true],
  [{ host: 'localhost:3000', 'sec-fetch-site': 'same-site' }, true],
] as [Record<string, string>, boolean][])(
  'a request with %j comes from another page: %s',
  (headers, isAnother) => {
    expect(isFromAnotherPage(request(headers))).toBe(isAnother)
  },
)
