import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  circlesIn,
  exportsLogic,
  functionsIn,
  importsOf,
  localImportsOf,
  readSources,
  type Source,
  untypedRejections,
} from './support/source'

const sources = readSources(join(__dirname, '../src'))
const paths = sources.map(({ path }) => path)
const imports = new Map(sources.map(source => [source.path, localImportsOf(source, sources)]))
const arrows = [...imports].flatMap(([from, targets]) => targets.map(to => ({ from, to })))
const show = ({ from, to }: { from: string; to: string }) => `${from} -> ${to}`

/**
 * From the ground up: a file imports only from lower floors or from its own folder, types too. The
 * mini program's SDK is no part of this: it stands in `client/`, beside `src`, and imports nothing.
 */
const FLOORS: readonly (readonly string[])[] = [
  ['log-sink', 'make-folder', 'version'],
  ['errors', 'log', 'patience', 'simulator/'],
  ['events'],
  ['config/'],
  ['token/', 'store/', 'upstream/'],
  ['wx/'],
  ['login/'],
  ['http/', 'observe/'],
  ['app/'],
  // The server mounts it where the simulator stands in for WeChat.
  ['playground/'],
  ['index', 'express', 'server/'],
  ['testing'],
  ['cli/'],
]

/** The folder under `src`, or the name of a file that stands there by itself. */
const placeOf = (path: string): string => {
  const [first = '', rest] = path.split('/')
  return rest === undefined ? first.replace(/\.ts$/, '') : `${first}/`
}
const floorOf = (path: string): number => FLOORS.findIndex(places => places.includes(placeOf(path)))

test('every file stands on a floor', () => {
  expect(paths.filter(path => floorOf(path) < 0)).toEqual([])
})

test('every import leads to a file of ours', () => {
  const known = new Set([...paths, '../package.json'])
  expect(arrows.filter(({ to }) => !known.has(to)).map(show)).toEqual([])
})

test('no import runs upward or sideways', () => {
  const wrong = arrows.filter(
    ({ from, to }) => placeOf(from) !== placeOf(to) && floorOf(to) >= floorOf(from),
  )
  expect(wrong.map(show)).toEqual([])
})

test('no import leads back to where it came from, inside a folder neither', () => {
  expect(circlesIn(imports)).toEqual([])
})

test('the simulator shares no code with the rest, not even types', () => {
  const isSimulator = (path: string) => path.startsWith('simulator/')
  const out = arrows.filter(({ from, to }) => isSimulator(from) && !isSimulator(to))
  expect(out.map(show)).toEqual([])
  // A process starts one where no app is configured; nothing below may know that there is one.
  const users = arrows.filter(({ from, to }) => !isSimulator(from) && isSimulator(to))
  expect(
    users.filter(({ from }) => !/^((server|cli)\/|testing\.ts$)/.test(from)).map(show),
  ).toEqual([])
})

test('the core of the simulator knows nothing of WeChat', () => {
  const wrong = arrows.filter(
    ({ from, to }) => from.startsWith('simulator/core/') && to.startsWith('simulator/wechat/'),
  )
  expect(wrong.map(show)).toEqual([])
})

test.each([
  ['axios', /^upstream\/client\.ts$/],
  ['agent-base', /^upstream\/tunnel-agent\.ts$/],
  ['jsonwebtoken', /^token\/jwt\.ts$/],
  ['morgan', /^http\/request-log\.ts$/],
  ['dotenv', /^config\/env-file\.ts$/],
  ['express', /^(app\/app\.ts|server\/http-server\.ts|playground\/playground\.ts|http\/.*)$/],
  ['@opentelemetry/api', /^observe\/tracing\.ts$/],
  ['prom-client', /^observe\/metrics\/prometheus\.ts$/],
  ['kysely', /^store\//],
  ['@redis/client', /^store\/(load-drivers\.ts|redis\/link\/.*)$/],
  ['pg', /^store\/(load-drivers|sql\/postgres(-tables)?)\.ts$/],
  ['mysql2', /^store\/(load-drivers|sql\/mysql(-tables)?)\.ts$/],
  ['node:sqlite', /^store\/sqlite\/binding\.ts$/],
  ['@photostructure/sqlite', /^store\/sqlite\/binding\.ts$/],
])('%s has one home', (name, home) => {
  const users = sources.filter(({ text }) => text.includes(`'${name}'`)).map(({ path }) => path)
  expect(users.filter(path => !home.test(path))).toEqual([])
  expect(users).not.toEqual([])
})

test('nothing that a start imports loads Kysely', () => {
  const start = sources.find(({ path }) => path === 'server/start.ts')
  const loaded = new Set<string>()
  const follow = (path: string): void => {
    const source = sources.find(each => each.path === path)
    if (!source || loaded.has(path)) return
    loaded.add(path)
    for (const target of localImportsOf(asLoaded(source), sources)) follow(target)
  }
  follow(String(start?.path))
  const loadsKysely = ({ text }: Source) => /^import (?!type )[^']* from 'kysely'/m.test(text)
  const users = sources.filter(loadsKysely).map(({ path }) => path)
  expect(users.filter(path => loaded.has(path))).toEqual([])
  // Its import takes several lines.
  expect(users).toContain('store/sql/prefix-tables.ts')
  expect(loaded).toContain('store/sqlite/open-file.ts')
})

/** A file with those imports only that are loaded together with it: no types, nothing within a function. */
function asLoaded(source: Source): Source {
  const text = source.text
    .replace(/^(import|export) type [^']*'[^']*'/gm, '')
    .replace(/\b(typeof import|require)\('[^']*'\)/g, '')
  return { ...source, text }
}

test('the use cases know neither Express nor SQL', () => {
  const uses = sources.filter(({ path }) => path.startsWith('login/')).flatMap(importsOf)
  expect(uses.filter(use => /express|kysely|node:http|sql/.test(use))).toEqual([])
})

/** Mostly rows of a table, which are no code to get lost in. */
const TABLES = ['errors.ts']

test('no file is longer than 300 lines', () => {
  const code = sources.filter(({ path }) => !TABLES.includes(path))
  const long = code.filter(({ text }) => text.split('\n').length > 301)
  expect(long.map(({ path }) => path)).toEqual([])
})

test('no function is longer than 80 lines, and eight at the most are longer than 40', () => {
  const long = sources
    .flatMap(source => functionsIn(source).map(each => ({ ...each, path: source.path })))
    .filter(({ lines }) => lines > 40)
    .sort((a, b) => b.lines - a.lines)
    .map(({ lines, name, path }) => `${lines} lines: ${name} in ${path}`)
  expect(long.filter(text => Number.parseInt(text, 10) > 80)).toEqual([])
  expect(long.slice(8)).toEqual([])
})

test('no rejection is handled as `any`', () => {
  const untyped = sources.filter(source => untypedRejections(source) > 0)
  expect(untyped.map(({ path }) => path)).toEqual([])
})

/** Files whose logic is tested elsewhere, each with the place. */
const TESTED_ELSEWHERE: readonly (readonly [files: RegExp, place: string])[] = [
  // The wiring of everything: whole flows run on it, standalone and mounted.
  [/^app\/.*\.ts$/, 'library.test.ts'],
  // One suite for every backend: a contract is tested where it is written down.
  [
    /^store\/(memory|sql|redis)\/(codes|sessions|users|endings|counters|values|proofs)\.ts$/,
    'store/contract.test.ts',
  ],
  [/^store\/(memory\/memory|sql\/sql)-store\.ts$/, 'store/contract.test.ts'],
  // A statement is right when a database does what it says: that suite runs each on every one.
  [
    /^store\/sql\/(codes|sessions|users|counters|values|proofs|sweep)-statements\.ts$/,
    'store/contract.test.ts',
  ],
  // What Kysely writes: compared with what is built in, for every dialect.
  [/^store\/sql\/compile-statements\.ts$/, 'store/sql/statement-templates.test.ts'],
  // Tables as Kysely opens them, for what is done beside the service.
  [/^store\/(open-tables|sql\/(mysql|postgres)-tables)\.ts$/, 'store/copy.test.ts'],
  [/^store\/sqlite\/file-tables\.ts$/, 'store/sqlite/open-file.test.ts'],
  // What a server refuses to a login, only a real server shows.
  [/^store\/(sql\/trials|redis\/trial)\.ts$/, 'flows/readiness.test.ts'],
  // What a database or a Redis is like, as the operator reads it.
  [/^store\/inspect\.ts$/, 'cli/checks/database.test.ts'],
  [/^store\/inspect-redis\.ts$/, 'cli/checks/redis.test.ts'],
  // Two drivers of others, told what to do: only a real server shows whether they do it.
  [/^store\/sql\/(mysql|postgres)\.ts$/, 'store/sql/outages.test.ts'],
]

test('every file with logic has a test of its own path', () => {
  const missing = sources
    .filter(exportsLogic)
    .map(({ path }) => path)
    .filter(path => !TESTED_ELSEWHERE.some(([files]) => files.test(path)))
    .filter(path => !existsSync(join(__dirname, path.replace(/\.ts$/, '.test.ts'))))
  expect(missing).toEqual([])
})

test.each(TESTED_ELSEWHERE)(
  'the exception %s is needed, and its place is there',
  (files, place) => {
    expect(paths.filter(path => files.test(path))).not.toEqual([])
    expect(existsSync(join(__dirname, place))).toBe(true)
  },
)

test('nothing random or of the clock slips into tokens and sessions by the back door', () => {
  const guarded = sources.filter(({ path }) => /^(token|login|store|wx|upstream)\//.test(path))
  const slips = guarded.filter(({ text }) => /Date\.now\(\)/.test(text)).map(({ path }) => path)
  // How long a write may wait, told from one thread to another; nothing that is stored.
  expect(slips.filter(path => !path.startsWith('store/sqlite/'))).toEqual([])
  const careless = guarded.filter(({ text }) => /Math\.random/.test(text)).map(({ path }) => path)
  // Jitter before a second try, nothing that anybody could guess to any use.
  expect(careless).toEqual(['upstream/client.ts'])
})

test('upstream/ knows no platform by name', () => {
  const named = sources.filter(
    ({ path, text }) => path.startsWith('upstream/') && /wx|wechat/i.test(text),
  )
  expect(named.map(({ path }) => path)).toEqual([])
})
