import { problemWithRedisUrl, readRedisUrl } from '../../src/config/redis-url'

test.each([
  ['localhost:6379', /must be redis/],
  ['http://localhost', /must be redis/],
  ['redis://', /must be redis/],
  ['redis://host?db=1', /has parameters, and takes none/],
  ['redis://:pa#ss@host', /raw #.*%23/],
  ['redis://:pa/ss@host', /raw \/, \? or @.*%2F/],
  ['redis://:pa?ss@host', /raw \/, \? or @.*%3F/],
  ['redis://:pa@ss@host', /raw \/, \? or @.*%40/],
  ['redis+sentinel://:pa#ss@host/mymaster', /raw #/],
  ['redis://one:6379,two:6379', /several hosts/],
  ['redis://host:70000', /host:port/],
  ['redis://host:0', /host:port/],
  ['redis://host/users', /number of the database/],
  ['redis://:100%@host', /percent-encode/],
  ['redis+sentinel://one:26379,two:26379', /primary’s name/],
  ['redis+cluster://one,two/1', /one database/],
])('%s is refused with what would be right', (url, problem) => {
  expect(problemWithRedisUrl(url)).toMatch(problem)
})

test('a URL names one server, sentinels or a cluster, with or without TLS and a login', () => {
  expect(readRedisUrl('redis://localhost')).toMatchObject({
    kind: 'server',
    tls: false,
    nodes: [{ host: 'localhost', port: 6379 }],
    database: 0,
  })
  expect(readRedisUrl('rediss://me:p%40ss:word@[::1]:6380/3')).toEqual({
    kind: 'server',
    tls: true,
    username: 'me',
    password: 'p@ss:word',
    nodes: [{ host: '::1', port: 6380 }],
    database: 3,
    primaryName: '',
  })
  expect(readRedisUrl('redis+sentinel://:secret@one,two:5000/my%20master')).toMatchObject({
    kind: 'sentinel',
    username: undefined,
    password: 'secret',
    nodes: [
      { host: 'one', port: 26_379 },
      { host: 'two', port: 5000 },
    ],
    primaryName: 'my master',
  })
  expect(readRedisUrl('rediss+cluster://one:1,two:2')).toMatchObject({
    kind: 'cluster',
    tls: true,
    nodes: [
      { host: 'one', port: 1 },
      { host: 'two', port: 2 },
    ],
  })
})
