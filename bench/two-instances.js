const { readFileSync } = require('node:fs')
const { Agent, request } = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')

/** A client gives up on a request after so long. */
const ANSWER_MS = 20_000

/**
 * Two instances of ours on one database, kept running: one that is killed is started again, as a
 * supervisor would. `ask` goes to either, and rejects when there was no answer.
 */
async function startTwoInstances({ servers, env, random }) {
  const agents = [0, 1].map(() => new Agent({ keepAlive: true }))
  const instances = []
  let starts = 0
  const start = place => servers.startOurs(`instance-${place}-${++starts}`, env)
  for (const place of [0, 1]) instances[place] = await start(place)
  let killed = 0

  function ask(method, path, { token, body, headers } = {}) {
    const up = [0, 1].filter(place => instances[place] !== undefined)
    const place = random.pick(up)
    const text = body === undefined ? '' : JSON.stringify(body)
    const all = {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(text !== '' && { 'Content-Type': 'application/json' }),
      'Content-Length': Buffer.byteLength(text),
      ...headers,
    }
    const url = `${instances[place].url}${path}`
    return new Promise((resolve, reject) => {
      const options = { method, agent: agents[place], headers: all, timeout: ANSWER_MS }
      const asked = request(url, options, answer => {
        const chunks = []
        answer.on('data', chunk => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const json = Buffer.concat(chunks).toString()
          resolve({ status: answer.statusCode, body: json === '' ? {} : JSON.parse(json) })
        })
      })
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')))
      asked.on('error', reject)
      asked.end(text)
    })
  }

  return {
    ask,
    killed: () => killed,
    /** Kills one with SIGKILL and starts it again. */
    async kill() {
      const place = killed++ % 2
      const { pid } = instances[place]
      process.kill(pid, 'SIGKILL')
      instances[place] = undefined
      await sleep(200)
      instances[place] = await start(place)
    },
    /** What both hold of the machine's memory, in MB. */
    residentMb: () =>
      instances.flatMap(instance => {
        if (!instance) return []
        const status = readFileSync(`/proc/${instance.pid}/status`, 'utf8')
        return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)
      }),
    close() {
      for (const agent of agents) agent.destroy()
    },
  }
}

module.exports = { startTwoInstances }
