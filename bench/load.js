const { fork } = require('node:child_process')
const { join } = require('node:path')

/** No job runs away: more than any server here answers in the time. */
const MAX_REQUESTS = 400_000

/** Clients in a process of their own, so that what they cost is not counted as the server's. */
function createLoad() {
  const generator = fork(join(__dirname, 'load-generator.js'), {
    serialization: 'advanced',
    env: {},
  })
  return {
    /** Runs one job; resolves to its latencies in ms, in rising order, and the answers if kept. */
    async run(job) {
      const { latencies, answers } = await ask(generator, { maxRequests: MAX_REQUESTS, ...job })
      return { latencies: latencies.sort(), answers }
    },

    async stop() {
      if (generator.exitCode !== null || generator.signalCode !== null) return
      const exited = new Promise(resolve => generator.once('exit', resolve))
      generator.kill('SIGTERM')
      await exited
    },
  }
}

function ask(generator, job) {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('the load generator ended by itself'))
    generator.once('exit', onExit)
    generator.once('message', result => {
      generator.off('exit', onExit)
      if (result.failure) reject(new Error(result.failure))
      else resolve(result)
    })
    generator.send(job)
  })
}

module.exports = { createLoad }
