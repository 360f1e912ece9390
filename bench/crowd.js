// One process of logins, each on a connection of its own: says what came of each, and when.
const { setTimeout: sleep } = require('node:timers/promises')
const { createClient, requestText } = require('./client')

let codes = 0
/** As long as WeChat's codes, and never the same one twice. */
const nextCode = () => `${process.pid}y${++codes}`.padStart(32, '0')

/** Sends so many logins, evenly over `ms`, on connections that stand already. */
async function run({ url, logins, ms }) {
  const { host } = new URL(url)
  const clients = Array.from({ length: logins }, () => createClient(url))
  const headers = { 'Content-Type': 'application/json' }
  async function logIn(client, number) {
    await sleep((number * ms) / logins)
    const body = JSON.stringify({ code: nextCode() })
    const text = requestText({ method: 'POST', path: '/login', host, headers, body })
    const from = performance.now()
    try {
      const { status, text: answer } = await client.ask(text)
      return { status, error: JSON.parse(answer).error, ms: performance.now() - from }
    } catch (error) {
      return { status: 0, error: error.message, ms: performance.now() - from }
    }
  }
  try {
    return await Promise.all(clients.map(logIn))
  } finally {
    for (const client of clients) client.close()
  }
}

process.on('message', job => run(job).then(answers => process.send({ answers })))
// Never outlives its parent.
process.on('disconnect', () => process.exit())
