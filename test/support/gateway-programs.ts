import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, PROGRAMS, untilItListens } from './databases'
import { temporaryFolder } from './temporary'

const EXAMPLES = join(__dirname, '../../examples/gateways')

export interface GatewayPorts {
  readonly loginPort: number
  readonly businessPort: number
}

export interface GatewayProgram {
  readonly port: number
  output(): string
  stop(): Promise<void>
}

interface Kind {
  /** The arguments that start it on the example that was copied to a folder. */
  readonly args: (folder: string, port: number) => string[]
  /** The text of the example that says where it listens, and the text of a test. */
  readonly listen: (port: number) => readonly [string, string]
  /** Apache serves nothing as root: then it runs as the user that its package made. */
  readonly user?: number
}

/** How each gateway of `examples/gateways` is started. */
const KINDS = {
  caddy: {
    args: folder => ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    listen: port => ['{$SITE_ADDRESS::80} {', `:${port} {\n\tbind 127.0.0.1\n`],
  },
  haproxy: {
    args: folder => ['-db', '-f', join(folder, 'haproxy.cfg')],
    listen: port => ['bind :80', `bind 127.0.0.1:${port}`],
  },
  apache: {
    args: (folder, port) => ['-X', '-f', writeApacheConf(folder, port)],
    listen: port => ['<VirtualHost *:80>', `<VirtualHost 127.0.0.1:${port}>`],
    ...(process.getuid?.() === 0 && { user: 33 }),
  },
} as const satisfies Record<string, Kind>

export type GatewayKind = keyof typeof KINDS
export const GATEWAYS = Object.keys(KINDS) as GatewayKind[]

/** Starts a gateway on loopback on its example, in which only addresses and paths are replaced. */
export async function startGatewayProgram(
  kind: GatewayKind,
  { loginPort, businessPort }: GatewayPorts,
  internalToken: string,
): Promise<GatewayProgram> {
  const { path, remove } = temporaryFolder()
  const { args, listen, user }: Kind = KINDS[kind]
  const port = await freePort()
  cpSync(join(EXAMPLES, kind), path, { recursive: true })
  fillIn(path, [
    listen(port),
    ['127.0.0.1:3000', `127.0.0.1:${loginPort}`],
    ['127.0.0.1:8080', `127.0.0.1:${businessPort}`],
    // Only some of them name a file.
    [/\/etc\/(?:haproxy|apache2)(?=\/login\.lua)/, path],
  ])
  const env = { PATH: process.env.PATH, HOME: path, INTERNAL_TOKEN: internalToken }
  const identity = user === undefined ? {} : { uid: user, gid: user }
  const given = args(path, port)
  if (user !== undefined) chownSync(path, user, user)
  const child = spawn(String(PROGRAMS[kind]), given, { env, stdio: 'pipe', ...identity })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (output += text))
  async function stop(): Promise<void> {
    await end(child)
    remove()
  }
  await untilItListens(port, child, () => output).catch(async error => {
    await stop()
    throw error
  })
  return { port, output: () => output, stop }
}

type Replacement = readonly [from: string | RegExp, to: string]

/** Replaces texts in all files of a folder. Each that is a string must be there. */
function fillIn(folder: string, values: readonly Replacement[]): void {
  const missing = new Set(values.map(([from]) => from).filter(from => typeof from === 'string'))
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    let text = readFileSync(file, 'utf8')
    for (const [from, to] of values) {
      const filled = text.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to)
      if (filled !== text) missing.delete(from as string)
      text = filled
    }
    writeFileSync(file, text)
  }
  if (missing.size > 0) throw new Error(`not in ${folder}: ${[...missing].join(', ')}`)
}

/** What Debian's Apache has around a site, on one port of loopback. */
function writeApacheConf(folder: string, port: number): string {
  const modules = ['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http', 'lua', 'setenvif']
  const file = join(folder, 'apache2.conf')
  const lines = [
    `ServerRoot ${folder}`,
    `PidFile ${join(folder, 'pid')}`,
    'ServerName localhost',
    `Listen 127.0.0.1:${port}`,
    `ErrorLog ${join(folder, 'error.log')}`,
    ...modules.map(name => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
    `Include ${join(folder, 'login.conf')}`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  // In good order HAProxy would wait for connections that tests keep.
  child.kill('SIGKILL')
  await exited
}
