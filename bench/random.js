// node bench/random.js: what the pool of random bytes saves, for a login's four requests.
// Bounded: it makes a fixed number of requests, which takes about ten seconds.
const crypto = require('node:crypto')
const { machine } = require('./machine')
const { columns, range } = require('./report')
const { spread } = require('./statistics')
const pool = require('../dist/token/random')

/** Bytes that a login asks for: owner of the code, session id, user id, nonce of the seal. */
const SIZES = [12, 24, 10, 12]
const LOGINS = 100_000
const ROUNDS = 9
/** CPU of a whole login in microseconds: docs/performance.md, Node 20. */
const LOGIN_US = 328

/** CPU microseconds a login. */
function cost(randomBytes) {
  const before = process.cpuUsage()
  for (let login = 0; login < LOGINS; login++) {
    for (const size of SIZES) randomBytes(size)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / LOGINS
}

const ways = { 'crypto.randomBytes': crypto.randomBytes, 'the pool': pool.randomBytes }
const figures = Object.fromEntries(Object.keys(ways).map(name => [name, []]))
for (const randomBytes of Object.values(ways)) cost(randomBytes)
// In turns: what else the machine does then falls on both alike.
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, randomBytes] of Object.entries(ways)) figures[name].push(cost(randomBytes))
}
const saved = figures['crypto.randomBytes'].map((direct, i) => direct - figures['the pool'][i])
const rows = Object.entries({ ...figures, saved }).map(([name, values]) => {
  const us = spread(values)
  return [name, range(us, 2), `${((us.median / LOGIN_US) * 100).toFixed(1)} %`]
})
process.stdout.write(`${machine()}\n\n`)
process.stdout.write(`${columns([['', 'CPU us/login', `of ${LOGIN_US} us`], ...rows])}\n`)
