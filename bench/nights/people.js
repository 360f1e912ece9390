const { Agent, request } = require('node:http')

const LOGINS_PER_SECOND = 5
const CHECKS_PER_SECOND = 10
const PEOPLE = 400
/** Tokens that are shown again and again. */
const TOKENS = 100
/** A mini program waits so long for an answer. */
const ANSWER_MS = 20_000

/**
 * People who log in and whose tokens are checked, so many a second, whether there are answers or not.
 * Every answer is noted with its time.
 */
function createPeople(url) {
  const agent = new Agent({ keepAlive: true })
  const answers = []
  const tokens = []
  let serial = 0

  async function ask(method, path, { token, body, address } = {}) {
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(text && {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(text),
      }),
      'X-Forwarded-For': address ?? '203.0.113.9',
    }
    return new Promise((resolve, reject) => {
      const options = { method, agent, headers, timeout: ANSWER_MS }
      const asked = request(`${url}${path}`, options, answer => {
        const chunks = []
        answer.on('data', chunk => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const json = Buffer.concat(chunks).toString()
          resolve({ status: answer.statusCode, body: json.startsWith('{') ? JSON.parse(json) : {} })
        })
      })
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')))
      asked.on('error', reject)
      asked.end(text)
    })
  }

  async function noted(what, options) {
    const begun = Date.now()
    const [method, path] = what.split(' ')
    const answer = await ask(method, path, options).catch(() => ({ status: 0, body: {} }))
    const error = answer.body.error ?? (answer.status === 0 ? 'no answer' : '')
    answers.push({ what, at: Date.now(), ms: Date.now() - begun, status: answer.status, error })
    return answer
  }

  async function logIn() {
    const code = `sim-person${serial % PEOPLE}-${serial++}`
    const { body } = await noted('POST /login', { body: { code } })
    if (body.token) tokens.push(body.token)
    if (tokens.length > TOKENS) tokens.shift()
  }

  async function check() {
    if (tokens.length === 0) return
    const token = tokens[Math.floor(Math.random() * tokens.length)]
    await noted('GET /checklogin', { token })
  }

  const timers = [
    setInterval(() => void logIn(), 1000 / LOGINS_PER_SECOND),
    setInterval(() => void check(), 1000 / CHECKS_PER_SECOND),
  ]
  return {
    ask,
    answers,
    stop() {
      for (const timer of timers) clearInterval(timer)
      agent.destroy()
    },
  }
}

/** How often which answer came between two times, and how long half of them took at the most. */
function answersBetween(answers, from, to) {
  const groups = new Map()
  for (const { what, at, ms, status, error } of answers) {
    if (at < from || at >= to) continue
    const key = `${what} ${status || ''} ${error}`.replace(/ +/g, ' ').trim()
    groups.set(key, [...(groups.get(key) ?? []), ms])
  }
  return [...groups].sort().map(([answer, times]) => {
    times.sort((a, b) => a - b)
    return { answer, count: times.length, medianMs: times[Math.floor(times.length / 2)] }
  })
}

module.exports = { CHECKS_PER_SECOND, LOGINS_PER_SECOND, answersBetween, createPeople }
