const { createMeter } = require('./cpu-meter')
const { CONNECTIONS } = require('./jobs')
const { percentile } = require('./statistics')

/**
 * Warms every subject, then measures A B C … A B C …: what else the machine does then falls on all
 * of them alike. A subject has a name, a job, the name of its server, and perhaps a job `beside` it,
 * which other clients do at the same time. Resolves to a list of rounds, each with one sample a
 * subject, by name.
 *
 * Before each sample the subject is asked for `leadInMs` without being measured. A server that was
 * left alone for the other subjects costs 10 to 15 % more for its first second, and that fell on
 * whichever subject was the first at its server.
 */
async function measure({ subjects, load, besideLoad, servers, tokens, rounds, ...rest }) {
  const { warmUpMs, leadInMs, roundMs, onRound } = rest
  for (const subject of subjects) await sample(subject, subject.warmUpMs ?? warmUpMs)
  const results = []
  for (let round = 0; round < rounds; round++) {
    const samples = {}
    for (const subject of subjects) {
      await sample(subject, leadInMs)
      samples[subject.name] = await sample(subject, roundMs)
    }
    results.push(samples)
    onRound(results.length)
  }
  return results

  async function sample(subject, ms) {
    try {
      return await sampleOf(subject, ms)
    } catch (error) {
      throw new Error(`${subject.name}: ${error.message}`)
    }
  }

  async function sampleOf({ server: name, job, beside, connections = CONNECTIONS }, ms) {
    const { url } = servers[name]
    const meter = createMeter(servers[name])
    const onEvent = event => (event === 'open' ? meter.start() : meter.stop())
    const [{ latencies, refused }, other] = await Promise.all([
      load.run({ url, ...job, tokens: tokens[name], connections, ms }, onEvent),
      beside && besideLoad.run({ url, ...beside, ms }),
    ])
    const { seconds, cpu, storeCpu } = meter.read()
    const requests = latencies.length
    if (requests === 0) throw new Error(`${job.method} ${url}${job.path}: nothing came`)
    return {
      cpuUs: (cpu * 1e6) / requests,
      storeUs: (storeCpu * 1e6) / requests,
      requests,
      refusedShare: refused / (refused + requests),
      beside: other?.latencies.length ?? 0,
      perSecond: requests / seconds,
      busy: cpu / seconds,
      p50Ms: percentile(latencies, 50),
      p99Ms: percentile(latencies, 99),
    }
  }
}

module.exports = { measure }
