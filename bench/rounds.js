const { cpuSeconds } = require('./cpu-time')
const { SUBJECTS } = require('./subjects')

const CONNECTIONS = 64
const USERS = 2000

/** Logs distinct users in and gives back their tokens. */
async function logIn(load, { ours }) {
  const login = SUBJECTS.find(({ server, request }) => server === 'ours' && request.fill === 'code')
  const { answers } = await load.run({
    url: ours.url,
    ...login.request,
    ...login.answer,
    connections: CONNECTIONS,
    maxRequests: USERS,
    ms: 30_000,
    keepAnswers: true,
  })
  return answers.map(answer => JSON.parse(answer).token)
}

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

  async function sample({ server: serverName, request, answer }, ms) {
    const { url, pid } = servers[serverName]
    const start = performance.now()
    const cpuBefore = cpuSeconds(pid)
    const job = { url, ...request, ...answer, connections: CONNECTIONS, ms }
    const { latencies } = await load.run({ ...job, tokens: request.fill === 'token' ? tokens : [] })
    const seconds = (performance.now() - start) / 1000
    const cpu = cpuSeconds(pid) - cpuBefore
    const requests = latencies.length
    if (requests === 0) throw new Error(`${request.method} ${url}${request.path}: nothing came`)
    return {
      cpuUs: (cpu * 1e6) / requests,
      perSecond: requests / seconds,
      busy: cpu / seconds,
      p50Ms: latencies[Math.floor(requests * 0.5)],
      p99Ms: latencies[Math.floor(requests * 0.99)],
    }
  }
}

module.exports = { CONNECTIONS, logIn, measure }
