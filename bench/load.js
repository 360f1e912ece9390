const { fork } = require('node:child_process')
const { join } = require('node:path')

/** No job runs away: more than any server here answers in the time. */
const MAX_REQUESTS = 2_000_000

/** Clients in a process of their own, so that what they cost is not counted as the server's. */
function createLoad() {
  const generator = fork(join(__dirname, 'load-generator.js'), {
    serialization: 'advanced',
    env: {},
  })
  const waiting = new Map()
  let jobs = 0
  generator.on('message', ({ id, failure, event, ...result }) => {
    const { resolve, reject, onEvent } = waiting.get(id)
    if (event) return onEvent(event)
    waiting.delete(id)
    if (failure) reject(new Error(failure))
    else resolve(result)
  })
  generator.once('exit', () => {
    for (const { reject } of waiting.values()) {
      reject(new Error('the load generator ended by itself'))
    }
  })
  return {
    pid: generator.pid,
    /**
     * Runs one job; resolves to its latencies in ms, in rising order, how many answers came before
     * the job's time was over, how many were refused, and the answers if kept. `onEvent` hears `open` and `answered` of a
     * job that opens its connections first.
     */
    async run(job, onEvent = () => {}) {
      const id = ++jobs
      const { latencies, ...rest } = await new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject, onEvent })
        generator.send({ id, job: { maxRequests: MAX_REQUESTS, ...job } })
      })
      return { latencies: latencies.sort(), ...rest }
    },

    async stop() {
      if (generator.exitCode !== null || generator.signalCode !== null) return
      const exited = new Promise(resolve => generator.once('exit', resolve))
      generator.kill('SIGTERM')
      await exited
    },
  }
}

module.exports = { createLoad }
