// One process of clients: takes a job from its parent, runs it, and answers with what it saw.
const http = require('node:http')

/** A server that answers this late has failed. */
const ANSWER_MS = 10_000

let codes = 0
/** As long as WeChat's codes, and never the same one twice. */
const nextCode = () => `${process.pid}x${++codes}`.padStart(32, '0')

/** How each kind of request is filled, request by request. */
const FILLERS = {
  plain: () => () => ({}),
  token: ({ tokens }) => {
    let next = 0
    return () => ({ headers: { Authorization: `Bearer ${tokens[next++ % tokens.length]}` } })
  },
  code: () => () => {
    const body = JSON.stringify({ code: nextCode() })
    const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length }
    return { headers, body }
  },
}

/** Keeps `connections` requests going for `ms`, then waits for the last answers. */
async function run(job) {
  const { url, path, method, fill, connections, ms, maxRequests } = job
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(url)
  const options = { agent, hostname, port, path, method, timeout: ANSWER_MS }
  const filler = FILLERS[fill](job)
  const latencies = []
  const answers = []
  const end = performance.now() + ms
  let started = 0

  async function client() {
    while (started < maxRequests && performance.now() < end) {
      started++
      const start = performance.now()
      const { status, text } = await ask(options, filler())
      latencies.push(performance.now() - start)
      if (status !== job.status || !text.includes(job.contains)) {
        throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 300)}`)
      }
      if (job.keepAnswers) answers.push(text)
    }
  }
  try {
    await Promise.all(Array.from({ length: connections }, client))
  } finally {
    agent.destroy()
  }
  return { latencies: Float64Array.from(latencies), answers }
}

function ask(options, { headers, body }) {
  return new Promise((resolve, reject) => {
    const request = http.request({ ...options, headers }, response => {
      let text = ''
      response.setEncoding('latin1')
      response.on('data', part => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode, text }))
      response.on('error', reject)
    })
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', reject)
    request.end(body)
  })
}

process.on('message', job => {
  run(job).then(
    result => process.send(result),
    error => process.send({ failure: `${job.method} ${job.url}${job.path}: ${error.message}` }),
  )
})
// Never outlives its parent.
process.on('disconnect', () => process.exit())
