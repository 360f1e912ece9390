import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import supertest from 'supertest'
import { createSimulator, type Simulator } from '../../src/simulator/index'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { type Instruction, isSent, stagesOf } from './dockerfile'
import { filesOfTree, ROOT, run } from './tree'

const stages = stagesOf(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))
const last = stages.at(-1) ?? []
const wordsOf = (name: string, stage = last) => stage.find(each => each.name === name)?.words ?? ''

/** Stands for an image's file system; readable by the user that the program runs as. */
let image: string
let simulator: Simulator
let server: ChildProcess | undefined
beforeAll(async () => {
  image = mkdtempSync('/tmp/mpl-image-')
  chmodSync(image, 0o755)
  simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
  await simulator.listen()
})
afterAll(async () => {
  server?.kill('SIGKILL')
  await simulator.close()
  rmSync(image, { recursive: true, force: true })
})

/** A process may leave a root file system that nobody can write to only in a mount of its own. */
const canMount = spawnSync('unshare', ['--mount', 'true']).status === 0
if (!canMount) process.stderr.write('\nSKIPPED: the image’s program: root and unshare are needed\n')
const testImage = canMount || process.env.CI ? test : test.skip

const sentFiles = () => {
  const ignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
  return filesOfTree().filter(file => isSent(file, ignore))
}

/** Follows the instructions of a stage in a folder that stands for its root. */
function build(number: number): string {
  const root = join(image, `stage-${number}`)
  let workdir = '/'
  mkdirSync(root)
  for (const { name, words } of stages[number] ?? []) {
    if (name === 'WORKDIR') workdir = words
    mkdirSync(join(root, workdir), { recursive: true })
    if (name === 'COPY') copy(words, join(root, workdir))
    if (name === 'RUN') {
      const inRoot = words
        .replaceAll(' /data', ` ${root}/data`)
        .replace('-o node -g node', '-o nobody -g nogroup')
      const { code, output } = run('sh', ['-c', inRoot], join(root, workdir))
      if (code !== 0) throw new Error(`${words}\n${output}`)
    }
  }
  return root
}

function copy(words: string, workdir: string): void {
  const [first = '', ...more] = words.split(' ')
  const stage = /^--from=(\w+)$/.exec(first)?.[1]
  const [to = '', ...sources] = (stage ? more : [first, ...more]).reverse()
  for (const source of sources) {
    if (stage) {
      const from = stages.findIndex(each => wordsOf('FROM', each).endsWith(` AS ${stage}`))
      const target = to === './' ? join(workdir, source.split('/').at(-1) ?? '') : join(workdir, to)
      cpSync(join(image, `stage-${from}`, source), target, { recursive: true })
      continue
    }
    const files = sentFiles().filter(file => file === source || file.startsWith(`${source}/`))
    if (files.length === 0) throw new Error(`${source} is not sent to the builder`)
    for (const file of files) {
      mkdirSync(dirname(join(workdir, file)), { recursive: true })
      cpSync(join(ROOT, file), join(workdir, file))
    }
  }
}

/** An exec-form list, started as the image's user would be: no rights, and a root that is read-only. */
function startImage(root: string, words: string, env: Record<string, string>): ChildProcess {
  const [node = '', ...rest] = JSON.parse(words) as string[]
  expect(node).toBe('node')
  // The image's root is read-only, and in it the volume is not.
  const script = `
    mount --make-rprivate /
    mount --bind ${image}/volume ${image}/volume
    mount --bind ${root} ${root}
    mount -o remount,ro,bind ${root}
    mount --bind ${image}/volume ${root}/data
    cd ${root}/app
    exec setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs "$@"`
  const command = ['--mount', 'sh', '-ec', script, 'sh', process.execPath, ...rest]
  return spawn('unshare', command, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

const healthWords = () => /CMD node -e "(.*)"$/.exec(wordsOf('HEALTHCHECK'))?.[1] ?? ''
const isHealthy = (port: string) =>
  spawnSync(process.execPath, ['-e', healthWords()], { env: { PORT: port } }).status === 0

test('the image is pinned by a major version, is no root’s, and hears SIGTERM as process 1', () => {
  for (const stage of stages)
    expect(wordsOf('FROM', stage)).toMatch(/^node:\d+-\w+-slim( AS \w+)?$/)
  const names = last.map(({ name }: Instruction) => name)
  expect(names.slice(names.indexOf('USER'))).not.toContain('RUN')
  expect(wordsOf('USER')).toBe('node')
  expect(wordsOf('STOPSIGNAL')).toBe('SIGTERM')
  expect(JSON.parse(wordsOf('CMD'))).toEqual(['node', 'dist/server/main.js'])
  expect(names).not.toContain('ADD')
  expect(names).not.toContain('ENTRYPOINT')
  const settings = stages.flat().filter(({ name }) => name === 'ENV' || name === 'ARG')
  expect(settings.filter(({ words }) => /SECRET|TOKEN|PASSWORD/.test(words))).toEqual([])
})

test('nothing of this machine goes to the builder: no .env, no database, no build', () => {
  const ignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
  const never = [
    ...['.env', '.env.production', 'src/.env', 'data/login.db', 'src/login.db-wal', 'dist/app.js'],
    ...[
      'node_modules/pg/package.json',
      'client/build/index.js',
      '.git/config',
      'secrets/jwt_secret',
    ],
  ]
  expect(never.filter(file => isSent(file, ignore))).toEqual([])
  expect(sentFiles()).toContain('src/server/main.ts')
})

testImage(
  'its steps build a service that runs without rights on a read-only root, with all drivers, and stops by SIGTERM',
  async () => {
    build(0)
    const root = build(1)
    expect(existsSync(join(root, 'app/node_modules/typescript'))).toBe(false)
    expect(existsSync(join(root, 'app/src'))).toBe(false)
    const drivers = "for (const name of ['pg', 'mysql2', '@redis/client']) require(name)"
    expect(run(process.execPath, ['-e', drivers], join(root, 'app'))).toMatchObject({ code: 0 })
    expect(statSync(join(root, 'data')).mode & 0o777).toBe(0o700)

    cpSync(join(root, 'data'), join(image, 'volume'), { recursive: true })
    expect(run('chown', ['nobody:nogroup', join(image, 'volume')], image)).toMatchObject({
      code: 0,
    })
    const port = String(20_000 + (process.pid % 10_000))
    const given = wordsOf('ENV')
      .split(/\s+/)
      .map(each => each.split('='))
    const { DATABASE_URL, ...env } = Object.fromEntries(given)
    expect(DATABASE_URL).toBe('sqlite:/data/login.db')
    server = startImage(root, wordsOf('CMD'), {
      ...env,
      DATABASE_URL: `sqlite:${root}/data/login.db`,
      ...{ WX_APPID: OTHER_APP.appid, WX_SECRET: OTHER_APP.secret, JWT_SECRET, PORT: port },
      ...{ WX_API_BASE_URL: simulator.url, PRESTOP_MS: '0', ADOPT_USERS: 'off' },
    })
    const exited = once(server, 'exit')
    let output = ''
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', text => {
        output += text
      })
    }
    while (!output.includes('"listening"') && server.exitCode === null) await sleep(20)
    expect(output).toContain('"listening"')
    const http = supertest(`http://127.0.0.1:${port}`)
    const { body } = await http.post('/login').send({ code: simulator.mintCode() }).expect(200)
    expect(typeof body.token).toBe('string')
    expect(readFileSync(`/proc/${server.pid}/status`, 'utf8')).toMatch(/^Uid:\s+65534\s/m)
    expect(isHealthy(port)).toBe(true)
    server.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(isHealthy(port)).toBe(false)
    expect(existsSync(join(image, 'volume/login.db'))).toBe(true)
  },
  400_000,
)
