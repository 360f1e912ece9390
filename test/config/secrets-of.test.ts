import { checkLoginOptions } from '../../src/config/check-options'
import { secretsOf } from '../../src/config/secrets-of'
import { PRIVATE_KEY } from '../support/private-keys'
import { INTERNAL_TOKEN, JWT_SECRET, OTHER_JWT_SECRET } from '../support/service'

const apps = { wx0000000000000000: '5117a7ed5ec7e70005117a7ed5ec7e70' }
const secretsIn = (changes: object): string[] =>
  secretsOf(checkLoginOptions({ apps, jwtSecret: JWT_SECRET, ...changes }).config)

test('every secret setting may not show in a log, both AppSecrets of an app included', () => {
  const [one = '', two = ''] = ['0a1b2c3d4e5f60718293a4b5', '5b4a39281706f5e4d3c2b1a0']
  const redisUrl = 'redis://:canary-7@localhost'
  const secrets = secretsIn({
    apps: { wxaaaaaaaaaaaaaaaa: [one, two], ...apps },
    jwtSecretPrevious: OTHER_JWT_SECRET,
    internalToken: INTERNAL_TOKEN,
    redisUrl,
  })
  expect(secrets.sort()).toEqual(
    [
      one,
      two,
      apps.wx0000000000000000,
      JWT_SECRET,
      OTHER_JWT_SECRET,
      INTERNAL_TOKEN,
      redisUrl,
      'canary-7',
    ].sort(),
  )
})

test('no line of a private key may show in a log', () => {
  const others = secretsIn({})
  const found = secretsIn({ jwtPrivateKey: PRIVATE_KEY }).filter(text => !others.includes(text))
  const pem = PRIVATE_KEY.trim()
  expect(found).toEqual([pem, ...pem.split('\n').slice(1, -1)])
})

test.each([
  ['postgres://login:p%40ss-word@db/login', ['p%40ss-word', 'p@ss-word']],
  ['mysql://login:100%25-sure@db/login', ['100%25-sure', '100%-sure']],
  ['postgres://login:x@db/login', []],
  ['postgres://login@db/login', []],
  ['sqlite:./data/login.db', []],
])('the password in %s is hidden, unless it is as short as a word', (database, hidden) => {
  const others = secretsIn({})
  expect(secretsIn({ database }).filter(secret => !others.includes(secret))).toEqual(hidden)
})
