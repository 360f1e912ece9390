import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { temporaryFolder } from './temporary'

/** A real database server of a test's own, on loopback. */
export interface DatabaseServer {
  readonly url: string
  readonly version: string
  readonly process: () => ChildProcess
  start(): Promise<void>
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Ends the server and every process that it has made, none of which gets to clean up. */
  killAll(): Promise<void>
  /** Stops or continues the server and its processes, as a machine that hangs would. */
  hang(): Promise<void>
  goOn(): Promise<void>
  remove(): Promise<void>
}

function find(name: string, folders: readonly string[] = []): string | undefined {
  const path = (process.env.PATH ?? '').split(':')
  return [...folders, ...path].map(folder => join(folder, name)).find(existsSync)
}

function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql'
  return existsSync(root) ? readdirSync(root).map(version => join(root, version, 'bin')) : []
}

/**
 * Programs that some tests need; a missing one skips them loudly, in CI it fails. `npm run
 * test:quick` sets TEST_SERVERS=off: then they count as missing, without a word.
 */
export const PROGRAMS = {
  postgres: find('initdb', postgresFolders()) && find('postgres', postgresFolders()),
  mariadb: find('mariadb-install-db') && find('mariadbd', ['/usr/sbin', '/usr/local/sbin']),
  redis: find('redis-server'),
  pgbouncer: find('pgbouncer', ['/usr/sbin', '/usr/local/sbin']),
  nginx: find('nginx', ['/usr/sbin', '/usr/local/sbin']),
  caddy: find('caddy'),
  haproxy: find('haproxy', ['/usr/sbin', '/usr/local/sbin']),
  // Its configuration asks the login service by LuaSocket.
  apache: find('socket.lua', ['/usr/share/lua/5.3']) && find('apache2', ['/usr/sbin']),
  promtool: find('promtool'),
  java: find('java'),
  chromium: find('chromium') ?? find('chromium-browser') ?? find('google-chrome'),
  python3: find('python3'),
}

/** Whether tests that need a program can run here. */
export function available(program: keyof typeof PROGRAMS): boolean {
  if (process.env.TEST_SERVERS === 'off') return false
  if (PROGRAMS[program]) return true
  if (process.env.CI) throw new Error(`${program} is missing, and in CI that is a failure`)
  process.stderr.write(`\n!!! SKIPPED: ${program} is not installed, its tests do not run\n\n`)
  return false
}

export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Far more than any server takes on a machine that has other things to do. */
const START_MS = 90_000

export async function untilItListens(
  port: number,
  child: ChildProcess,
  log: () => string,
): Promise<void> {
  const givenUpAt = performance.now() + START_MS
  while (performance.now() < givenUpAt) {
    if (child.exitCode !== null) throw new Error(`the program ended:\n${log()}`)
    const socket = net.connect(port, '127.0.0.1')
    const connected = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (connected) return
    await sleep(25)
  }
  throw new Error(`the program did not listen:\n${log()}`)
}

export interface Program {
  command: string
  args: string[]
  port: number
  uid?: number
  gid?: number
}

function isStopped(pid: number): boolean {
  const threads = `/proc/${pid}/task`
  return readdirSync(threads).every(thread =>
    / T /.test(readFileSync(join(threads, thread, 'stat'), 'utf8').replace(/^.*\)/, '')),
  )
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself in between.
  }
}

export function server(
  program: Program,
  folder: { remove: () => void },
  rest: { url: string; version: string; ready?: (child: ChildProcess) => Promise<void> },
): DatabaseServer {
  let child: ChildProcess | undefined
  let output = ''
  let isToldToStop = false
  async function start(): Promise<void> {
    const { command, args, port, uid, gid } = program
    isToldToStop = false
    const identity = uid === undefined ? {} : { uid, gid }
    child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...identity })
    child.stdout?.on('data', chunk => (output += chunk))
    child.stderr?.on('data', chunk => (output += chunk))
    // A server that crashes makes tests fail that say nothing of it.
    child.once('exit', (code, signal) => {
      if (isToldToStop) return
      process.stderr.write(
        `\n!!! ${command} ended by itself: ${code ?? signal}\n${output.slice(-2000)}\n`,
      )
    })
    await untilItListens(port, child, () => output)
    await rest.ready?.(child)
  }
  async function stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    isToldToStop = true
    // A stopped process hears nothing but SIGKILL and SIGCONT.
    child.kill('SIGCONT')
    child.kill(signal)
    // A server that is told while it starts may never come to it.
    const last = setTimeout(() => child?.kill('SIGKILL'), 20_000)
    await exited
    clearTimeout(last)
  }
  async function signalAll(signal: NodeJS.Signals): Promise<void> {
    const pid = Number(child?.pid)
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    const pids = [pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)]
    for (const id of pids) signalIfAlive(id, signal)
    // Its threads stop one after the other.
    while (signal === 'SIGSTOP' && !pids.every(isStopped)) await sleep(1)
  }
  async function killAll(): Promise<void> {
    const exited = once(child as ChildProcess, 'exit')
    isToldToStop = true
    await signalAll('SIGKILL')
    await exited
  }
  return {
    url: rest.url,
    version: rest.version,
    process: () => child as ChildProcess,
    start,
    stop,
    killAll,
    hang: () => signalAll('SIGSTOP'),
    goOn: () => signalAll('SIGCONT'),
    async remove() {
      // PostgreSQL's SIGQUIT ends its children, too; they would hold our pipes open.
      await stop('SIGQUIT')
      child?.stdout?.destroy()
      child?.stderr?.destroy()
      folder.remove()
    },
  }
}

export function versionOf(command: string): string {
  return execFileSync(command, ['--version'], { encoding: 'utf8' }).trim()
}

/** PostgreSQL listens before it has recovered, and turns clients away until then. */
async function untilItRecovered(url: string, child: ChildProcess): Promise<void> {
  const givenUpAt = performance.now() + START_MS
  for (;;) {
    const client = new pg.Client(url)
    client.on('error', () => {})
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (performance.now() > givenUpAt || child.exitCode !== null) throw error
      await sleep(25)
    }
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
export function postgresUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

export async function startPostgres(settings: readonly string[] = []): Promise<DatabaseServer> {
  const command = String(PROGRAMS.postgres)
  const folder = temporaryFolder()
  const user = postgresUser()
  if (user.uid !== undefined) chownSync(folder.path, user.uid, Number(user.gid))
  const data = join(folder.path, 'data')
  const initdb = String(find('initdb', postgresFolders()))
  const options = [
    '-D',
    data,
    '-U',
    'test',
    '--auth=trust',
    '--no-sync',
    '-E',
    'UTF8',
    '--locale=C',
  ]
  execFileSync(initdb, options, { stdio: 'ignore', cwd: folder.path, ...user })
  const port = await freePort()
  const all = [
    ['listen_addresses', '127.0.0.1'],
    // A socket's path may be no longer than 107 bytes.
    ['unix_socket_directories', ''],
    ['shared_buffers', '32MB'],
  ].map(([name, value]) => `${name}=${value}`)
  const args = ['-D', data, '-p', String(port), ...[...all, ...settings].flatMap(s => ['-c', s])]
  const url = `postgres://test@127.0.0.1:${port}/postgres`
  const database = server({ command, args, port, ...user }, folder, {
    url,
    version: versionOf(command),
    ready: child => untilItRecovered(url, child),
  })
  await database.start()
  return database
}

export async function startMariadb(settings: readonly string[] = []): Promise<DatabaseServer> {
  const command = String(PROGRAMS.mariadb)
  const folder = temporaryFolder()
  chmodSync(folder.path, 0o700)
  const data = join(folder.path, 'data')
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
  execFileSync(
    String(find('mariadb-install-db')),
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--skip-test-db',
      '--auth-root-authentication-method=normal',
      ...asRoot,
    ],
    { stdio: 'ignore' },
  )
  const init = join(folder.path, 'init.sql')
  writeFileSync(
    init,
    `create database if not exists login;
     create or replace user test@'%' identified by 'test-only';
     grant all on login.* to test@'%';
     grant all on \`t\\_%\`.* to test@'%';
     grant process, super, connection admin, read_only admin on *.* to test@'%';
     create or replace user app@'%' identified by 'test-only';
     grant all on login.* to app@'%';\n`,
  )
  const port = await freePort()
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${join(folder.path, 's')}`,
    // Of its own: a server that starts removes all `#sql*` files of its tmpdir, another server's too,
    // which then ends by a signal in ha_maria::drop_table.
    `--tmpdir=${folder.path}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--init-file=${init}`,
    '--innodb-buffer-pool-size=32M',
    // A machine that stands still for minutes is no reason for the server to end itself.
    '--innodb-fatal-semaphore-wait-threshold=86400',
    // Without io_uring, of which a busy machine may give no more.
    '--skip-innodb-use-native-aio',
    ...asRoot,
    ...settings.map(setting => `--${setting}`),
  ]
  const database = server({ command, args, port }, folder, {
    url: `mysql://test:test-only@127.0.0.1:${port}/login`,
    version: versionOf(command),
  })
  await database.start()
  return database
}

export async function startRedis(settings: readonly string[] = []): Promise<DatabaseServer> {
  const command = String(PROGRAMS.redis)
  const folder = temporaryFolder()
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder.path, '--save', '']
  const database = server({ command, args: [...args, ...settings], port }, folder, {
    url: `redis://127.0.0.1:${port}`,
    version: versionOf(command),
  })
  await database.start()
  return database
}

/** A sentinel that watches a primary on loopback, with a quorum of two. */
export async function startSentinel(name: string, primaryPort: string): Promise<DatabaseServer> {
  const command = String(PROGRAMS.redis)
  const folder = temporaryFolder()
  const port = await freePort()
  const file = join(folder.path, 'sentinel.conf')
  writeFileSync(
    file,
    `port ${port}
bind 127.0.0.1
dir ${folder.path}
sentinel monitor ${name} 127.0.0.1 ${primaryPort} 2
sentinel down-after-milliseconds ${name} 1000
sentinel failover-timeout ${name} 3000
`,
  )
  const sentinel = server({ command, args: [file, '--sentinel'], port }, folder, {
    url: `redis://127.0.0.1:${port}`,
    version: versionOf(command),
  })
  await sentinel.start()
  return sentinel
}
