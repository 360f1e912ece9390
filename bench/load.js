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
  generator.on('message', ({ id, failure, ...result }) => {
    const { resolve, reject } = waiting.get(id)
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
     * the job's time was over, and the answers if kept.
     */
    async run(job) {
      const id = ++jobs
      const { latencies, inTime, answers } = await new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        generator.send({ id, job: { maxRequests: MAX_REQUESTS, ...job } })
      })
      return { latencies: latencies.sort(), inTime, answers }
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
