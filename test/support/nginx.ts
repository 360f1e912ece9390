import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, PROGRAMS, untilItListens } from './databases'
import { temporaryFolder } from './temporary'

const EXAMPLE = join(__dirname, '../../examples/nginx')
const MARK = '# <- 改'

export interface Nginx {
  readonly port: number
  readonly url: string
  /** All that it wrote to the access log and the error log so far. */
  accessLog(): string
  errorLog(): string
  stop(): Promise<void>
}

export interface NginxOptions {
  loginPort: number
  businessPort: number
  internalToken: string
}

/** Starts nginx on loopback with `examples/nginx`: only values on marked lines are replaced. */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const { path, remove } = temporaryFolder()
  const port = await freePort()
  const accessLog = join(path, 'access.log')
  const errorLog = join(path, 'error.log')
  cpSync(EXAMPLE, path, { recursive: true })
  fillIn(join(path, 'login.conf'), {
    'server 127.0.0.1:3000;': `server 127.0.0.1:${options.loginPort};`,
    'server 127.0.0.1:8080;': `server 127.0.0.1:${options.businessPort};`,
    'listen 80;': `listen 127.0.0.1:${port};`,
    'server_name _;': 'server_name localhost;',
    '/var/log/nginx/access.log': accessLog,
    '/var/log/nginx/error.log': errorLog,
  })
  fillIn(join(path, 'login/internal-token.conf'), { 'CHANGE-ME': options.internalToken })
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(kind => `${kind}_temp_path ${join(path, kind)};`)
    .join('\n')
  // Root's worker would run as a user who may not enter the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  writeFileSync(
    join(path, 'nginx.conf'),
    `daemon off; worker_processes 1; ${user} pid ${join(path, 'pid')};
events {}
http {
${temporary}
include login.conf;
}\n`,
  )
  const args = ['-p', path, '-c', join(path, 'nginx.conf'), '-e', errorLog]
  const child = spawn(String(PROGRAMS.nginx), args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.on('data', chunk => (output += chunk))
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  async function stop(): Promise<void> {
    await end(child)
    remove()
  }
  try {
    await untilItListens(port, child, () => output + read(errorLog))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    accessLog: () => read(accessLog),
    errorLog: () => output + read(errorLog),
    stop,
  }
}

/** Every value must stand on one marked line, and every marked line must be known here. */
function fillIn(file: string, values: Readonly<Record<string, string>>): void {
  let marked = 0
  const lines = readFileSync(file, 'utf8').split('\n')
  const filled = lines.map(line => {
    if (!line.includes(MARK) || line.startsWith('#')) return line
    marked++
    const value = Object.keys(values).find(text => line.includes(text))
    if (value === undefined) throw new Error(`nothing to fill in: ${line}`)
    return line.replace(value, values[value] as string)
  })
  if (marked !== Object.keys(values).length) throw new Error(`${file}: ${marked} marked lines`)
  writeFileSync(file, filled.join('\n'))
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
