import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { type Ran, ROOT, run, runMeanwhile } from './tree'

/** The major version that examples/pm2 was tried with. PM2 is no dependency of ours. */
const PM2 = 'pm2@7'
const CONFIG = join(ROOT, 'examples/pm2/ecosystem.config.cjs')

let folder: string
let port: number
// Short: a path in it is a socket's, which may have 107 bytes.
beforeAll(async () => {
  folder = mkdtempSync('/tmp/mpl-pm2-')
  const installed = run('npm', ['install', '--no-save', '--prefix', folder, PM2], folder)
  if (installed.code !== 0) throw new Error(installed.output)
  port = await freePort()
  const env = { WX_APPID: OTHER_APP.appid, WX_SECRET: OTHER_APP.secret, JWT_SECRET, PORT: port }
  const lines = Object.entries(env).map(([name, value]) => `${name}="${value}"\n`)
  writeFileSync(join(folder, '.env'), lines.join(''), { mode: 0o600 })
}, 300_000)
afterAll(async () => {
  await pm2('kill')
  rmSync(folder, { recursive: true, force: true })
})

function pm2(...words: string[]): Promise<Ran> {
  const program = join(folder, 'node_modules/.bin/pm2')
  return runMeanwhile(program, words, folder, { PM2_HOME: join(folder, 'home') })
}

/** Our own configuration file, but for the folder that it runs in, with changes. */
async function start(change: string): Promise<void> {
  const file = join(folder, 'ecosystem.config.cjs')
  writeFileSync(
    file,
    `const config = require(${JSON.stringify(CONFIG)})
     const [app] = config.apps
     app.cwd = ${JSON.stringify(folder)}
     app.script = ${JSON.stringify(join(ROOT, 'dist/server/main.js'))}
     app.out_file = ${JSON.stringify(join(folder, 'out.log'))}
     app.error_file = ${JSON.stringify(join(folder, 'err.log'))}
     ${change}
     module.exports = config`,
  )
  const { code, output } = await pm2('start', file)
  expect([code, output]).toEqual([0, expect.any(String)])
}

const managerLog = () => readFileSync(join(folder, 'home/pm2.log'), 'utf8')
const events = () =>
  readFileSync(join(folder, 'out.log'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).event)

const ask = (agent: Agent): Promise<number> =>
  new Promise(resolve => {
    const request = get({ host: '127.0.0.1', port, path: '/livez', agent }, answer => {
      answer.resume().on('end', () => resolve(Number(answer.statusCode)))
    })
    request.on('error', () => resolve(0))
  })

/** Asks until it is told to stop; resolves to every answer that was not 200. */
function load() {
  let isOver = false
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const bad: number[] = []
  let asked = 0
  const loop = async () => {
    while (!isOver) {
      const status = await ask(agent)
      asked++
      if (status !== 200) bad.push(status)
      await sleep(2)
    }
  }
  const loops = Promise.all([loop(), loop(), loop()])
  return async () => {
    isOver = true
    await loops
    agent.destroy()
    return { bad, asked }
  }
}

test('cluster mode: a reload loses no request, pm2 logs has our lines, and no stop ends in SIGKILL', async () => {
  await start('')
  const end = load()
  const reload = await pm2('reload', 'miniprogram-login')
  const { bad, asked } = await end()
  expect(reload).toMatchObject({ code: 0 })
  expect(asked).toBeGreaterThan(100)
  expect(bad).toEqual([])
  await pm2('stop', 'miniprogram-login')
  expect(managerLog()).not.toContain('SIGKILL')
  expect(events().filter(event => event === 'stopped')).toHaveLength(4)
  const { output } = await pm2('logs', '--nostream', '--lines', '3')
  expect(output).toContain('"event":"stopped"')
  await pm2('delete', 'all')
}, 180_000)

test('fork mode with WORKERS: no stop ends in SIGKILL, and pm2 logs has our lines', async () => {
  rmSync(join(folder, 'out.log'))
  await start("app.exec_mode = 'fork'; app.instances = 1; app.env.WORKERS = '2'")
  await pm2('stop', 'miniprogram-login')
  expect(managerLog()).not.toContain('SIGKILL')
  // The first process and two workers.
  expect(events().filter(event => event === 'stopped')).toHaveLength(3)
}, 180_000)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port: free } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return free
}
