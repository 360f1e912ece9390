// One process of clients: takes jobs from its parent, runs them, and answers with what it saw.
const { setTimeout: sleep } = require('node:timers/promises')
const { createClient, requestText } = require('./client')

let codes = 0
/** As long as WeChat's codes, and never the same one twice. */
const nextCode = () => `${process.pid}x${++codes}`.padStart(32, '0')

/** Where a token goes, unless the job says otherwise: a peer may want it in its path or body. */
const bearer = token => ({ Authorization: `Bearer ${token}` })

/** How each kind of request is filled, request by request; `{code}` and `{token}` stand for them. */
const FILLERS = {
  plain: request => () => request({}),
  token: (request, { path, body, tokens, isRandom }) => {
    const texts = tokens.map(token => {
      if (path.includes('{token}')) return request({ path: path.replace('{token}', token) })
      if (body) return request({ headers: JSON_TYPE, body: body.replace('{token}', token) })
      return request({ headers: bearer(token) })
    })
    if (isRandom) return () => texts[Math.floor(Math.random() * texts.length)]
    let next = 0
    return () => texts[next++ % texts.length]
  },
  code: (request, { path, body }) => {
    if (!body) return () => request({ path: path.replace('{code}', nextCode()) })
    return () => request({ headers: JSON_TYPE, body: body.replace('{code}', nextCode()) })
  },
}
const JSON_TYPE = { 'Content-Type': 'application/json' }

/** So long the connections stay after the last answer, for the parent to read the server's CPU time. */
const BEFORE_CLOSE_MS = 100

/**
 * How long one answer may take. The slowest peers had logins of 5 s with 64 clients on two cores that
 * others used as well (load 22), and a bench that ends there has measured nothing.
 */
const ANSWER_MS = 60_000

/** Logins that may be refused: more would say that the server was measured while it refuses. */
const MOST_REFUSED = 0.02

/**
 * Keeps `connections` requests going for `ms`, then waits for the last answers. With `perSecond`
 * they set out at fixed times, and one that has to wait for a connection counts from its time: a
 * server that stops for a moment is not spared the requests that it would have held up.
 *
 * With `opensFirst` each connection has had an answer before the job's time begins, and stays open
 * a little after it. `tell` hears of both moments: to open and to close thousands of connections
 * costs a server more than the requests of a short round.
 */
async function run(job, tell) {
  const { url, path, method, fill, connections, ms, maxRequests, perSecond } = job
  const { host } = new URL(url)
  const request = FILLERS[fill](rest => requestText({ method, path, host, ...rest }), job)
  const clients = Array.from({ length: connections }, () =>
    createClient(url, { answerMs: ANSWER_MS }),
  )
  const latencies = []
  const answers = []
  let inTime = 0
  let refused = 0
  if (job.opensFirst) {
    await Promise.all(clients.map(client => client.ask(request())))
    tell('open')
  }
  const begin = performance.now()
  const dueAt = number => (perSecond ? begin + (number * 1000) / perSecond : performance.now())
  let started = 0

  async function work(client) {
    while (started < maxRequests) {
      const due = dueAt(started++)
      if (due >= begin + ms) return
      const pause = due - performance.now()
      if (pause > 0) await sleep(pause)
      // A timer that fires late is our own fault; a connection that came back late is the server's.
      const from = pause > 0 ? performance.now() : due
      const { status, text } = await client.ask(request())
      if (status === 503 && job.mayRefuse) {
        refused++
        continue
      }
      const now = performance.now()
      latencies.push(now - from)
      if (now < begin + ms) inTime++
      if (status !== job.status || !text.includes(job.contains)) {
        throw new Error(`answered ${status}: ${text.slice(0, 300)}`)
      }
      if (job.keepAnswers) answers.push(text)
    }
  }
  try {
    await Promise.all(clients.map(work))
    if (job.opensFirst) {
      tell('answered')
      await sleep(BEFORE_CLOSE_MS)
    }
  } finally {
    for (const client of clients) client.close()
  }
  const mostRefused = (job.mostRefused ?? MOST_REFUSED) * latencies.length
  if (refused > mostRefused) throw new Error(`${refused} times 503`)
  return { latencies: Float64Array.from(latencies), inTime, answers, refused }
}

process.on('message', ({ id, job }) => {
  run(job, event => process.send({ id, event })).then(
    result => process.send({ id, ...result }),
    error => {
      process.send({ id, failure: `${job.method} ${job.url}${job.path}: ${error.message}` })
    },
  )
})
// Never outlives its parent.
process.on('disconnect', () => process.exit())
