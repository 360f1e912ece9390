/** What clients ask of a server over and over; `contains` is what a right answer holds. */
const get = (path, fill, contains) => ({ method: 'GET', path, fill, status: 200, contains })

const HELLO = get('/', 'plain', '"hello":"world"')
const LIVEZ = get('/livez', 'plain', '"ok"')
const VERIFY = get('/verify', 'token', '')
const CHECK = get('/checklogin', 'token', '"is_login":true')
/** A business route of a host, and the same one behind our guard: both are sent the same tokens. */
const OPEN = get('/open', 'token', '"orders":[]')
const GUARDED = get('/guarded', 'token', '"orders":[]')
const LOGIN = {
  method: 'POST',
  path: '/login',
  fill: 'code',
  body: '{"code":"{code}"}',
  status: 200,
  contains: '"token":"',
}
/** On a busy machine a commit may take a second: then a login or two are answered 503. */
const PATIENT_LOGIN = { ...LOGIN, mayRefuse: true }

const CONNECTIONS = 64

/** Logs so many distinct users in and gives back their tokens. */
async function logIn(load, url, users, login = PATIENT_LOGIN) {
  const job = { url, ...login, connections: CONNECTIONS, ms: 30_000 }
  const { answers } = await load.run({ ...job, maxRequests: users, keepAnswers: true })
  return answers.map(answer => JSON.parse(answer).token)
}

module.exports = {
  CHECK,
  CONNECTIONS,
  GUARDED,
  HELLO,
  LIVEZ,
  LOGIN,
  OPEN,
  PATIENT_LOGIN,
  VERIFY,
  logIn,
}
