import type { IncomingMessage } from 'node:http'
import express from 'express'
import express4 from 'express4'
import fc from 'fast-check'
import { addressKey, clientAddress, isFromProxy } from '../../src/http/client-address'
import { codePoint } from '../support/code-point'

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('a proxy of ours (%s)', (_version, create) => {
  const isProxy = (setting: unknown, remoteAddress: string): boolean => {
    const app = create()
    app.set('trust proxy', setting)
    return isFromProxy({ app, socket: { remoteAddress } } as unknown as IncomingMessage)
  }

  test.each([
    [false, '10.0.0.1', false],
    [0, '10.0.0.1', false],
    [1, '10.0.0.1', true],
    [['10.0.0.0/8'], '10.0.0.1', true],
    [['10.0.0.0/8'], '203.0.113.9', false],
    ['loopback', '::1', true],
  ])('with the setting %j, %s: %j', (setting, peer, expected) => {
    expect(isProxy(setting, peer)).toBe(expected)
  })
})

test('outside of Express no peer is a proxy of ours', () => {
  const bare = { socket: { remoteAddress: '127.0.0.1' } } as unknown as IncomingMessage
  expect(isFromProxy(bare)).toBe(false)
})

describe('the address of a client', () => {
  const of = (ip: unknown, remoteAddress: string | undefined = '198.51.100.1') =>
    clientAddress({ ip, socket: { remoteAddress } } as unknown as IncomingMessage)

  test('is what Express says, where Express says an address', () => {
    expect(of('203.0.113.9')).toBe('203.0.113.9')
    expect(of('2001:db8::1')).toBe('2001:db8::1')
  })

  test('is that without the port that some proxies add', () => {
    expect(of('203.0.113.9:4711')).toBe('203.0.113.9')
    expect(of('[2001:db8::1]:4711')).toBe('2001:db8::1')
    expect(of('[2001:db8::1]')).toBe('2001:db8::1')
  })

  test('is the peer’s own where a proxy passed on something else, or there is no Express', () => {
    for (const ip of [
      'unknown',
      '_hidden',
      '',
      '"},{',
      'x'.repeat(5000),
      ['203.0.113.9'],
      7,
      null,
    ]) {
      expect([ip, of(ip)]).toEqual([ip, '198.51.100.1'])
    }
    expect(of(undefined)).toBe('198.51.100.1')
  })

  test('is empty where the peer is gone', () => {
    const gone = { socket: {} } as unknown as IncomingMessage
    expect(clientAddress(gone)).toBe('')
  })
})

describe('a subscriber is known by', () => {
  test('the whole of an IPv4 address', () => {
    expect(addressKey('203.0.113.9')).toBe('203.0.113.9')
    expect(addressKey('203.0.113.9')).not.toBe(addressKey('203.0.113.10'))
  })

  test('the same IPv4 address where it is mapped into IPv6, however that is written', () => {
    for (const mapped of [
      ...['::ffff:203.0.113.9', '::FFFF:203.0.113.9', '::ffff:cb00:7109', '::FFFF:CB00:7109'],
      ...['0:0:0:0:0:ffff:203.0.113.9', '0000:0000:0000:0000:0000:ffff:cb00:7109'],
    ]) {
      expect([mapped, addressKey(mapped)]).toEqual([mapped, '203.0.113.9'])
    }
  })

  test('the first 64 bits of an IPv6 address, however it is written', () => {
    const same = [
      ...['2001:db8:1:2::', '2001:db8:1:2::1', '2001:DB8:1:2:ffff:ffff:ffff:ffff'],
      ...['2001:0db8:0001:0002:0000:0000:0000:0001', '2001:db8:1:2:3:4:203.0.113.9'],
    ]
    expect(new Set(same.map(addressKey)).size).toBe(1)
    const others = [
      '2001:db8:1:3::1',
      '2001:db8:1::1',
      '2001:db8::2:0:0:0:1',
      '::1',
      '::',
      'fe80::1',
    ]
    expect(new Set([...same, ...others].map(addressKey)).size).toBe(6)
    expect(addressKey('fe80::1%eth0')).toBe(addressKey('fe80::2%eth1'))
  })

  test('a key that depends on those 64 bits alone', () => {
    const hex = fc.integer({ min: 1, max: 0xffff }).map(n => n.toString(16))
    const half = fc.tuple(hex, hex, hex, hex).map(groups => groups.join(':'))
    fc.assert(
      fc.property(half, half, half, (network, one, two) => {
        expect(addressKey(`${network}:${one}`)).toBe(addressKey(`${network}:${two}`))
        expect(addressKey(`${network}:${one}`)).toBe(network)
      }),
    )
  })

  test('any text at all, without a fault', () => {
    const text = fc.oneof(fc.string({ unit: codePoint }), fc.ipV6(), fc.ipV4())
    fc.assert(fc.property(text, address => typeof addressKey(address) === 'string'))
  })
})
