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

/** Programs that some tests need; a missing one skips them loudly, in CI it fails. */
export const PROGRAMS = {
  postgres: find('initdb', postgresFolders()) && find('postgres', postgresFolders()),
  mariadb: find('mariadb-install-db') && find('mariadbd', ['/usr/sbin', '/usr/local/sbin']),
  redis: find('redis-server'),
  nginx: find('nginx', ['/usr/sbin', '/usr/local/sbin']),
}

/** Whether tests that need a program can run here. */
export function available(program: keyof typeof PROGRAMS): boolean {
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

export async function untilItListens(
  port: number,
  child: ChildProcess,
  log: () => string,
): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
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

interface Program {
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

function server(
  program: Program,
  folder: { remove: () => void },
  rest: { url: string; version: string; ready?: () => Promise<void> },
): DatabaseServer {
  let child: ChildProcess | undefined
  let output = ''
  async function start(): Promise<void> {
    const { command, args, port, uid, gid } = program
    const identity = uid === undefined ? {} : { uid, gid }
    child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...identity })
    child.stdout?.on('data', chunk => (output += chunk))
    child.stderr?.on('data', chunk => (output += chunk))
    await untilItListens(port, child, () => output)
    await rest.ready?.()
  }
  async function stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    // A stopped process hears nothing but SIGKILL and SIGCONT.
    child.kill('SIGCONT')
    child.kill(signal)
    // A server that is told while it starts may never come to it.
    const last = setTimeout(() => child?.kill('SIGKILL'), 8000)
    await exited
    clearTimeout(last)
  }
  async function signalAll(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const pid = Number(child?.pid)
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    const pids = [pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)]
    for (const id of pids) process.kill(id, signal)
    // Its threads stop one after the other.
    while (signal === 'SIGSTOP' && !pids.every(isStopped)) await sleep(1)
  }
  return {
    url: rest.url,
    version: rest.version,
    process: () => child as ChildProcess,
    start,
    stop,
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

function versionOf(command: string): string {
  return execFileSync(command, ['--version'], { encoding: 'utf8' }).trim()
}

/** PostgreSQL listens before it has recovered, and turns clients away until then. */
async function untilItRecovered(url: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client(url)
    client.on('error', () => {})
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (attempt === 400) throw error
      await sleep(25)
    }
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
function postgresUser(): { uid?: number; gid?: number } {
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
    ['unix_socket_directories', folder.path],
    ['shared_buffers', '32MB'],
  ].map(([name, value]) => `${name}=${value}`)
  const args = ['-D', data, '-p', String(port), ...[...all, ...settings].flatMap(s => ['-c', s])]
  const url = `postgres://test@127.0.0.1:${port}/postgres`
  const database = server({ command, args, port, ...user }, folder, {
    url,
    version: versionOf(command),
    ready: () => untilItRecovered(url),
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
     grant process, super, connection admin, read_only admin on *.* to test@'%';
     create or replace user app@'%' identified by 'test-only';
     grant all on login.* to app@'%';\n`,
  )
  const port = await freePort()
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${join(folder.path, 's')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--init-file=${init}`,
    '--innodb-buffer-pool-size=32M',
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
