const { cpuSeconds } = require('./cpu-time')
const { CONNECTIONS } = require('./jobs')
const { percentile } = require('./statistics')
const { SUBJECTS } = require('./subjects')

/**
 * Warms every subject, then measures A B C … A B C …: what else the machine does then falls on all
 * of them alike. Resolves to a list of rounds, each with one sample a subject, by name.
 */
async function measure({ load, servers, tokens, rounds, roundMs, warmUpMs, onRound }) {
  for (const subject of SUBJECTS) await sample(subject, warmUpMs)
  const results = []
  for (let round = 0; round < rounds; round++) {
    const samples = {}
    for (const subject of SUBJECTS) samples[subject.name] = await sample(subject, roundMs)
    results.push(samples)
    onRound(results.length)
  }
  return results

  async function sample({ server: serverName, job }, ms) {
    const { url, pid } = servers[serverName]
    const start = performance.now()
    const cpuBefore = cpuSeconds(pid)
    const { latencies } = await load.run({ url, ...job, tokens, connections: CONNECTIONS, ms })
    const seconds = (performance.now() - start) / 1000
    const cpu = cpuSeconds(pid) - cpuBefore
    const requests = latencies.length
    if (requests === 0) throw new Error(`${job.method} ${url}${job.path}: nothing came`)
    return {
      cpuUs: (cpu * 1e6) / requests,
      perSecond: requests / seconds,
      busy: cpu / seconds,
      p50Ms: percentile(latencies, 50),
      p99Ms: percentile(latencies, 99),
    }
  }
}

module.exports = { measure }
