import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(__dirname, '..')
const git = (...words: string[]) => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' })
const files = git('ls-files').trim().split('\n')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const json = (path: string) => JSON.parse(read(path))
const manifest = json('package.json')

interface Package {
  readonly resolved?: string
  readonly integrity?: string
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly hasInstallScript?: boolean
}
const packages = Object.entries<Package>(json('package-lock.json').packages).filter(([at]) => at)
const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 13)

/** What a secret looks like. */
const SECRETS: Readonly<Record<string, RegExp>> = {
  'an AppSecret': /\b[0-9a-f]{32}\b/g,
  // Not the `…` of an example.
  'a private key': /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?!\\+n…)/g,
  'a JWT': /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g,
  'a key of a cloud': /\b(?:AKIA|AKID|LTAI|ASIA)[0-9A-Za-z]{12,}\b/g,
  'a token of a code host': /\b(?:gh[pousr]_|glpat-|npm_)[0-9A-Za-z_-]{20,}/g,
  'a password in a URL': /\b(?:postgres|postgresql|mysql|rediss?):\/\/[^\s:@/]+:[^\s@/$]{12,}@/g,
  'a random text': /\b(?=[\w+/-]*[0-9])(?=[\w+/-]*[A-Z])(?=[\w+/-]*[a-z])[\w+/]{43,}={0,2}(?!\w)/g,
}

/** Values that everybody sees to be made up: words in hexadecimal, or one thing repeated. */
const MADE_UP = [
  /5ec7e7|b00c5117a7ed|^0123456789abcdef|^0a1b2c3d4e5f/,
  /^([^-]{1,8})\1{3,}/,
  /canary|example|secret|p%40ss|A{16}|ABCDEFGHIJKLMNOPQRSTUVWXYZ/i,
]

/** Long random texts that are published samples, or were sealed with the keys of the tests. */
const SAMPLES =
  /^(?:test\/(?:(?:wx|token|flows|simulator\/wechat|examples\/recipes)\/[\w-]+|config\/private-key)\.test\.ts|src\/config\/private-key\.ts): a random text: /

test('no file of the tree holds a secret', () => {
  const found: string[] = []
  for (const file of files.filter(name => !name.endsWith('package-lock.json'))) {
    const text = read(file)
    for (const [what, pattern] of Object.entries(SECRETS)) {
      for (const [match] of text.matchAll(pattern)) {
        if (!MADE_UP.some(sample => sample.test(match))) found.push(`${file}: ${what}: ${match}`)
      }
    }
  }
  expect(found.filter(line => !SAMPLES.test(line))).toEqual([])
})

test('the search finds what it looks for', () => {
  const real = {
    'an AppSecret': ['8c1f', '0b7d', 'e92a', '4f63', 'd5b8', '17ca', '3e90', '6d2f'].join(''),
    'a private key': ['-----BEGIN EC', 'PRIVATE KEY-----'].join(' '),
    'a JWT': ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxIn0abc', 'Qm9vaG9vSGVyZQ0'].join('.'),
    'a random text': ['q7Zk2Lw9', 'Xb4Vn8Rt', 'Yc6Pm1Sd', 'Jf3Hg5Ka', 'Ue0Qi7Oz', 'B2n'].join(''),
  }
  for (const [what, text] of Object.entries(real)) {
    expect([what, text.match(SECRETS[what] as RegExp)]).toEqual([what, [text]])
    expect(MADE_UP.filter(sample => sample.test(text))).toEqual([])
  }
})

test('git ignores .env, and no .env is in the tree but the example', () => {
  expect(git('check-ignore', '.env', '.env.production').trim()).toBe('.env\n.env.production')
  expect(files.filter(name => /(^|\/)\.env/.test(name))).toEqual(['.env.example'])
})

test('no secret is compared with an operator that stops at the first difference', () => {
  const secret = String.raw`\b\w*(?:[sS]ignature|[mM]ac|[sS]ecret|internalToken)\b`
  const comparison = new RegExp(`${secret} [!=]==? (?!undefined|'|null)|[!=]==? ${secret}(?!\\.)`)
  const compared = files
    .filter(name => /^src\/(?!simulator\/|config\/)/.test(name))
    .flatMap(name =>
      read(name)
        .split('\n')
        .map(line => `${name}: ${line.trim()}`),
    )
    .filter(line => comparison.test(line) && !/^\S+ (?:\*|\/\/|const is\w+ = )/.test(line))
  // config/ compares what the operator set, once, at the start: nobody can try values there.
  // The door compares how the signature is written with how it should be, and not with a secret.
  expect(compared).toEqual([
    "src/token/jwt.ts: if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) throw invalid()",
  ])
})

test('the lockfile names a hash for every package and no host', () => {
  expect(packages.length).toBeGreaterThan(100)
  expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  // npm leaves the hash out for binaries of other platforms than the one that wrote the file.
  const bare = packages.filter(([, { integrity }]) => integrity === undefined)
  expect(bare.filter(([, { optional, os }]) => !(optional && os))).toEqual([])
  const hosts = files.filter(name => /\bregistry\.[a-z.]+\.(?:org|com)\b/.test(read(name)))
  expect(hosts.filter(name => name !== 'test/supply-chain.test.ts')).toEqual([])
})

test('the packages that may run a script while they are installed are those that we allow', () => {
  const withScript = packages.filter(([, { hasInstallScript }]) => hasInstallScript)
  const decided = Object.entries<boolean>(manifest.allowScripts)
  const undecided = withScript
    .map(([place]) => nameOf(place))
    .filter(n => !(n in manifest.allowScripts))
  expect(undecided).toEqual([])
  expect(decided.filter(([, isAllowed]) => isAllowed).map(([name]) => name)).toEqual([
    '@photostructure/sqlite',
  ])
})

/** The first version without the faults that docs/supply-chain.md names. */
const FLOORS: Readonly<Record<string, string>> = {
  mysql2: '3.23.1',
  pg: '8.11.0',
  '@redis/client': '6.3.1',
  '@opentelemetry/api': '1.4.0',
}

test('the floors of the optional drivers lie above their known faults', () => {
  const { peerDependencies } = manifest
  expect(Object.keys(peerDependencies).sort()).toEqual(Object.keys(FLOORS).sort())
  const page = read('docs/supply-chain.md')
  for (const [name, floor] of Object.entries(FLOORS)) {
    expect([name, peerDependencies[name]]).toEqual([name, `^${floor}`])
    expect(page).toContain(`| \`${name}\` | ${floor} |`)
  }
})
