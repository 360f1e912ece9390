/** What clients ask of our service over and over; `contains` is what a right answer holds. */
const CHECK = {
  method: 'GET',
  path: '/checklogin',
  fill: 'token',
  status: 200,
  contains: '"is_login":true',
}
const LOGIN = { method: 'POST', path: '/login', fill: 'code', status: 200, contains: '"token":"' }

const CONNECTIONS = 64

/** Logs so many distinct users in and gives back their tokens. */
async function logIn(load, url, users) {
  const job = { url, ...LOGIN, connections: CONNECTIONS, ms: 30_000 }
  const { answers } = await load.run({ ...job, maxRequests: users, keepAnswers: true })
  return answers.map(answer => JSON.parse(answer).token)
}

module.exports = { CHECK, CONNECTIONS, LOGIN, logIn }
