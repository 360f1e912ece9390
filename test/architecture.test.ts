import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const SRC = join(__dirname, '../src')

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [path]
  })
}

const files = filesIn(SRC).map(path => relative(SRC, path))
const text = (file: string) => readFileSync(join(SRC, file), 'utf8')

function importsOf(file: string): string[] {
  const found = text(file).matchAll(/(?:from|import|require\()\s*'([^']+)'/g)
  return [...found].map(([, specifier]) => String(specifier))
}

function localImportsOf(file: string): string[] {
  return importsOf(file)
    .filter(specifier => specifier.startsWith('.'))
    .map(specifier => relative(SRC, resolve(SRC, dirname(file), specifier)))
}

/** From the ground up; what stands on a floor imports only from below it, or from its own folder. */
const FLOORS: readonly (readonly string[])[] = [
  ['errors', 'log', 'secret-strength', 'database-url', 'redis-url', 'simulator/'],
  ['config'],
  ['environment', 'env-file', 'dev-secret', 'wx/', 'token/', 'store/'],
  ['login/'],
  ['http/'],
  ['app', 'welcome', 'cluster'],
  ['serve'],
  ['index', 'server'],
]

const placeOf = (path: string): string => {
  const [first = '', rest] = path.split('/')
  return rest === undefined ? first.replace(/\.ts$/, '') : `${first}/`
}
const floorOf = (path: string): number => FLOORS.findIndex(places => places.includes(placeOf(path)))

test('every file stands on a floor', () => {
  expect(files.filter(file => floorOf(file) < 0)).toEqual([])
})

test('no import runs upward or sideways', () => {
  const wrong = files.flatMap(file =>
    localImportsOf(file)
      .filter(target => placeOf(file) !== placeOf(target) && floorOf(target) >= floorOf(file))
      .map(target => `${file} -> ${target}`),
  )
  expect(wrong).toEqual([])
})

test('the simulator and the wx client share no code, not even types', () => {
  const targets = files
    .filter(file => file.startsWith('simulator/'))
    .flatMap(file => localImportsOf(file))
  expect(targets.filter(target => !target.startsWith('simulator'))).toEqual([])
  const users = files.filter(
    file =>
      !file.startsWith('simulator/') &&
      localImportsOf(file).some(target => target.startsWith('simulator')),
  )
  expect(users).toEqual(['server.ts'])
})

test.each([
  ['axios', ['wx/client.ts']],
  ['jsonwebtoken', ['token/jwt.ts']],
  ['morgan', ['http/request-log.ts']],
  ['dotenv', ['env-file.ts']],
  ['express', ['app.ts', /^http\//]],
  ['kysely', [/^store\//]],
  ['@redis/client', ['store/open.ts', 'store/redis/connection.ts']],
  ['node:sqlite', ['store/sqlite/binding.ts']],
  ['@photostructure/sqlite', ['store/sqlite/binding.ts']],
])('%s has one home', (name, homes) => {
  const users = files.filter(file => text(file).includes(`'${name}'`))
  const strangers = users.filter(
    file => !homes.some(home => (typeof home === 'string' ? home === file : home.test(file))),
  )
  expect(users.length).toBeGreaterThan(0)
  expect(strangers).toEqual([])
})

test('the use cases know neither Express nor SQL', () => {
  const uses = files.filter(file => file.startsWith('login/')).flatMap(importsOf)
  expect(uses.filter(use => /express|kysely|node:http|sql/.test(use))).toEqual([])
})

test('no file is longer than 300 lines', () => {
  const long = files.filter(file => text(file).split('\n').length > 300)
  expect(long).toEqual([])
})

test('nothing random or of the clock slips into tokens and sessions by the back door', () => {
  const guarded = files.filter(file => /^(token|login|store|wx)\//.test(file))
  const slips = guarded.filter(file => /Date\.now\(\)/.test(text(file)))
  // How long a write may wait, told from one thread to another; nothing that is stored.
  expect(slips).toEqual(['store/sqlite/group-commit.ts', 'store/sqlite/writer.ts'])
  const careless = guarded.filter(file => /Math\.random/.test(text(file)))
  // Jitter before a second try, nothing that anybody could guess to any use.
  expect(careless).toEqual(['wx/client.ts'])
})
