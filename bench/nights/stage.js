const { execFile, spawnSync } = require('node:child_process')
const { randomBytes } = require('node:crypto')
const { mkdirSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { createSimulator } = require('../../dist/simulator/index.js')
const { freePort } = require('../../test/support/databases.ts')
const { startServer } = require('../server-process')
const { createPeople } = require('./people')
const { startPrometheus } = require('./prometheus')

const DIST = join(__dirname, '../../dist')
const APPID = 'wx0123456789abcdef'
/** How the folder of the night is called in what is shown. */
const SHOWN_FOLDER = '/srv/login'
const COMMAND_MS = 60_000
/** What doctor has to say of what is not well, each with its fix. */
const DOCTOR = "miniprogram-login doctor | grep -A1 -E '^(✗|!)'"

/**
 * A whole deployment on loopback: WeChat (the simulator), the built service as in production with its
 * `.env`, a real Prometheus, and people who use it.
 */
async function createStage({ folder, factor, atEnd, settings }) {
  mkdirSync(folder, { recursive: true })
  const secret = randomBytes(16).toString('hex')
  const simulator = createSimulator({ apps: { [APPID]: secret }, maxCalls: 1000 })
  const wechat = await simulator.listen()
  atEnd(() => simulator.close())
  const port = await freePort()
  const token = randomBytes(24).toString('hex')
  const env = {
    PORT: String(port),
    HOST: '127.0.0.1',
    TRUST_PROXY: '1',
    WX_APPID: APPID,
    WX_SECRET: secret,
    WX_API_BASE_URL: wechat,
    JWT_SECRET: randomBytes(48).toString('base64'),
    INTERNAL_TOKEN: token,
    DATABASE_URL: 'sqlite:login.db',
    ADOPT_USERS: 'off',
    LOG_FORMAT: 'json',
    // Everybody comes from one address here.
    RATE_LIMIT: 'off',
    PRESTOP_MS: '0',
    ...settings,
  }
  const writeEnv = changes => {
    Object.assign(env, changes)
    const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`)
    writeFileSync(join(folder, '.env'), lines.join(''), { mode: 0o600 })
  }
  writeEnv({})
  const service = createService(folder, atEnd)
  await service.start()
  const url = `http://127.0.0.1:${port}`
  const prometheus = await startPrometheus({
    ...{ folder, factor, token, atEnd },
    target: `127.0.0.1:${port}`,
  })
  const people = createPeople(url)
  atEnd(people.stop)
  const shown = text => text.replaceAll(folder, SHOWN_FOLDER).replaceAll(/"pid":\d+/g, '"pid":4711')
  return {
    ...{ folder, wechat, appid: APPID, simulator, writeEnv, service, prometheus, people },
    ...{ tool: createTool(folder, shown), grep: createGrep(folder, shown) },
  }
}

function createService(folder, atEnd) {
  let server
  let starts = 0
  const stop = () => server?.stop()
  atEnd(stop)
  const start = async () => {
    const name = ++starts === 1 ? 'service' : `service-${starts}`
    server = await startServer({ name, script: join(DIST, 'server/main.js'), env: {}, folder })
  }
  return {
    start,
    async restart() {
      await stop()
      await start()
    },
  }
}

const OURS = `miniprogram-login() { "${process.execPath}" "${join(DIST, 'cli/main.js')}" "$@"; }`

/** Types a line into a shell in the service's folder, and resolves to what an operator sees. */
function createTool(folder, shown) {
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', LANG: 'C.UTF-8' }
  return line =>
    new Promise(resolve => {
      const options = { cwd: folder, env, timeout: COMMAND_MS }
      const child = execFile(
        'bash',
        ['--norc', '-c', `${OURS}\n${line}`],
        options,
        (error, out, err) => {
          const exitCode = error ? (error.code ?? 'killed') : 0
          resolve({ line, text: shown(`${out}${err}`.trimEnd()), exitCode })
        },
      )
      child.stdin.end()
    })
}

/** The first lines of the log that hold a text. */
function createGrep(folder, shown) {
  return (text, most = 1) => {
    const command = `grep -h '${text}' service*.log | head -${most}`
    const { stdout } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })
    const all = spawnSync('sh', ['-c', `cat service*.log | grep -c '${text}'`], {
      ...{ cwd: folder, encoding: 'utf8' },
    })
    const count = Number(all.stdout)
    return { line: `grep '${text}' service.log`, text: shown(stdout.trimEnd()), count }
  }
}

module.exports = { createStage, DOCTOR }
