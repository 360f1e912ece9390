import { readRedisUrl } from '../../../../src/config/redis-url'
import { addressOf, loginOptions, socketOptions } from '../../../../src/store/redis/link/address'

const NODE = { host: '10.0.0.7', port: 6390 }

test('an address is the node’s host and port, with the login and the database of the URL', () => {
  const url = readRedisUrl('rediss://user:p%40ss@10.0.0.1:6379/3')
  expect(addressOf(url, NODE)).toEqual({
    ...NODE,
    tls: true,
    username: 'user',
    password: 'p@ss',
    database: 3,
  })
})

test('a connection is tried once: the library does not reconnect by itself', () => {
  expect(socketOptions({ ...NODE, tls: false }, 800)).toEqual({
    ...NODE,
    connectTimeout: 800,
    reconnectStrategy: false,
  })
})

test('TLS is asked for only where the URL says so', () => {
  expect(socketOptions({ ...NODE, tls: true }, 800)).toMatchObject({ tls: true })
  expect(socketOptions({ ...NODE, tls: false }, 800)).not.toHaveProperty('tls')
})

test.each([
  [undefined, undefined, {}],
  [undefined, 'secret', { password: 'secret' }],
  ['user', 'secret', { username: 'user', password: 'secret' }],
])('of the user %p and the password %p only what is there is sent', (username, password, sent) => {
  // `toStrictEqual`: the library would send a login whose name is undefined.
  expect(loginOptions({ username, password })).toStrictEqual(sent)
})
