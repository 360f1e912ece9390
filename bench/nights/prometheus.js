const { spawn } = require('node:child_process')
const {
  chmodSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  writeFileSync,
} = require('node:fs')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { freePort } = require('../../test/support/databases.ts')
const { shortened } = require('./shortened')

const EXAMPLES = join(__dirname, '../../examples/monitoring')
const START_MS = 60_000
const SECONDS = 15

/**
 * Starts a real Prometheus with the files of `examples/monitoring`: only the target's address is
 * another, and times are `factor` times shorter.
 */
async function startPrometheus({ folder, target, token, factor, atEnd }) {
  const port = await freePort()
  const home = join(folder, 'prometheus')
  mkdirSync(home)
  const config = readFileSync(join(EXAMPLES, 'prometheus.yml'), 'utf8')
  const interval = `${Math.max(1, Math.round(SECONDS / factor))}s`
  writeFileSync(
    join(home, 'prometheus.yml'),
    config.replaceAll(`${SECONDS}s`, interval).replace('127.0.0.1:3000', target),
  )
  const rules = readFileSync(join(EXAMPLES, 'rules.yml'), 'utf8')
  writeFileSync(join(home, 'rules.yml'), shortened(rules, factor))
  writeFileSync(join(home, 'internal-token'), token)
  chmodSync(join(home, 'internal-token'), 0o600)
  const log = openSync(join(home, 'log'), 'w')
  const child = spawn(
    'prometheus',
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: home, stdio: ['ignore', log, log] },
  )
  closeSync(log)
  const exited = new Promise(resolve => child.once('exit', resolve))
  child.once('error', () => {})
  atEnd(async () => {
    if (child.pid === undefined || child.exitCode !== null) return
    child.kill('SIGTERM')
    await exited
  })
  const url = `http://127.0.0.1:${port}`
  await untilReady(url, () => readFileSync(join(home, 'log'), 'utf8'))
  return { url, interval, ...questions(url, factor) }
}

async function untilReady(url, log) {
  const giveUpAt = performance.now() + START_MS
  for (;;) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined)
    if (answer?.ok) return
    if (performance.now() > giveUpAt) throw new Error(`Prometheus does not start: ${log()}`)
    await sleep(100)
  }
}

function questions(url, factor) {
  async function ask(path) {
    const answer = await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) })
    const { status, data, error } = await answer.json()
    if (status !== 'success') throw new Error(error)
    return data
  }
  return {
    /** What an expression of the dashboard is now: a value for each set of labels. */
    async values(expression) {
      const query = encodeURIComponent(shortened(expression, factor))
      const { result } = await ask(`query?query=${query}`)
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
    },
    /** The alerts that are pending or fire, by name. */
    async alerts() {
      const { alerts } = await ask('alerts')
      const states = new Map()
      for (const { labels, state } of alerts) {
        if (states.get(labels.alertname) !== 'firing') states.set(labels.alertname, state)
      }
      return states
    },
  }
}

module.exports = { startPrometheus }
