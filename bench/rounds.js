const { createMeter } = require('./cpu-meter')
const { CONNECTIONS } = require('./jobs')
const { percentile } = require('./statistics')

/** How long a subject is asked before each of its samples, without being measured. */
const leadInMs = roundMs => roundMs / 2

/**
 * Warms every subject, then measures A B C … A B C …: what else the machine does then falls on all
 * of them alike. A subject has a name, a job, the name of its server, and perhaps a job `beside` it,
 * which other clients do at the same time. Resolves to a list of rounds, each with one sample a
 * subject, by name.
 *
 * Before each sample the subject is asked for half as long without being measured. The first sample
 * at a server that was left alone for the other subjects costs 10 to 15 % more than the next one,
 * and whichever subject comes first at its server would pay for that.
 */
async function measure({ subjects, load, besideLoad, servers, tokens, rounds, ...rest }) {
  const { warmUpMs, roundMs, onRound } = rest
  for (const subject of subjects) await ask(subject, subject.warmUpMs ?? warmUpMs)
  const results = []
  for (let round = 0; round < rounds; round++) {
    const samples = {}
    for (const subject of subjects) {
      await ask(leadInOf(subject), leadInMs(roundMs))
      samples[subject.name] = await sample(subject)
    }
    results.push(samples)
    onRound(results.length)
  }
  return results

  async function ask({ name, server, job, beside, connections = CONNECTIONS }, ms, onEvent) {
    const { url } = servers[server]
    try {
      return await Promise.all([
        load.run({ url, ...job, tokens: tokens[server], connections, ms }, onEvent),
        beside && besideLoad.run({ url, ...beside, ms }),
      ])
    } catch (error) {
      throw new Error(`${name}: ${error.message}`)
    }
  }

  async function sample(subject) {
    const meter = createMeter(servers[subject.server])
    const onEvent = event => (event === 'open' ? meter.start() : meter.stop())
    const [{ latencies, refused }, other] = await ask(subject, roundMs, onEvent)
    const { seconds, cpu, storeCpu } = meter.read()
    const requests = latencies.length
    if (requests === 0) throw new Error(`${subject.name}: nothing came`)
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

/** The same, of which any number may be refused: a slow commit may hold up all of it. */
function leadInOf({ job, beside, ...subject }) {
  const lenient = each => each && { ...each, mostRefused: Number.POSITIVE_INFINITY }
  return { ...subject, job: lenient(job), beside: lenient(beside) }
}

module.exports = { leadInMs, measure }
