import { reportUnsafe, type Start } from '../../src/config/production'

const APPS = { wx1111111111111111: 'f4c3b00c5117a7edf4c3b00c5117a7ed' }
const SAFE: Start = {
  production: true,
  apps: APPS,
  given: { jwtSecret: 'there' },
  env: {},
  problems: [],
}

function namesOf(start: Partial<Start>): string[] {
  const names: string[] = []
  reportUnsafe({ ...SAFE, ...start }, name => void names.push(name))
  return names
}

test('production with credentials and a signing secret may start', () => {
  expect(namesOf({})).toEqual([])
})

test('production needs credentials and a signing secret, development does not', () => {
  const bare = { apps: undefined, given: {} }
  expect(namesOf(bare)).toEqual(['WX_APPID, WX_SECRET', 'JWT_SECRET'])
  expect(namesOf({ ...bare, production: false })).toEqual([])
})

test('what is known to be wrong already is not called missing, too', () => {
  const problems = [
    { name: 'WX_SECRET', problem: 'is missing beside WX_APPID' },
    { name: 'JWT_SECRET_FILE', problem: 'cannot be read' },
  ]
  expect(namesOf({ apps: undefined, given: {}, problems })).toEqual([])
})

test('production refuses the simulator’s app: everybody knows its secret', () => {
  expect(namesOf({ apps: { ...APPS, wx0000000000000000: 'x' } })).toEqual(['WX_APPID, WX_SECRET'])
  expect(namesOf({ apps: { wx0000000000000000: 'x' }, production: false })).toEqual([])
})

test('a TLS that proves nothing is refused everywhere', () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  expect(namesOf({ env })).toEqual(['NODE_TLS_REJECT_UNAUTHORIZED'])
  expect(namesOf({ env, production: false })).toEqual(['NODE_TLS_REJECT_UNAUTHORIZED'])
})
