const jobs = require('./jobs')

/** Logins that come while checks are measured, from other clients. */
const STORM = { ...jobs.PATIENT_LOGIN, perSecond: 1000, connections: 256 }

/**
 * V8's compiler costs more than a login itself in the first seconds of logins, so they are warmed so
 * long in a quick run, too.
 */
const LOGIN_WARM_UP_MS = 8000

/**
 * What `run.js` measures, in the order of a round. `server` names one of those that it starts; a
 * subject whose server did not start is left out.
 */
const SUBJECTS = [
  { name: 'hello', title: 'Express 5 hello, GET /', server: 'hello', job: jobs.HELLO },
  { name: 'livez', title: 'GET /livez', server: 'ours', job: jobs.LIVEZ },
  { name: 'verify', title: 'GET /verify', server: 'ours', job: jobs.VERIFY },
  { name: 'check', title: 'GET /checklogin', server: 'ours', job: jobs.CHECK },
  // Each has a server that is asked nothing else, and they are compared with each other. `check` is
  // not: `livez` and `verify` come just before it at the same server.
  { name: 'sqlite', title: 'GET /checklogin, SQLite', server: 'sqlite', job: jobs.CHECK },
  { name: 'redis', title: 'GET /checklogin, Redis', server: 'redis', job: jobs.CHECK },
  { name: 'few', title: 'GET /checklogin, 10^3 sessions', server: 'few', job: jobs.CHECK },
  { name: 'many', title: 'GET /checklogin, 10^6 sessions', server: 'many', job: jobs.CHECK },
  { name: 'open', title: 'a route, token sent', server: 'business', job: jobs.OPEN },
  { name: 'guarded', title: 'the route behind the guard', server: 'business', job: jobs.GUARDED },
  {
    name: 'tutorial',
    title: 'tutorial, POST /login',
    server: 'tutorial',
    job: jobs.PATIENT_LOGIN,
    warmUpMs: LOGIN_WARM_UP_MS,
  },
  {
    name: 'login',
    title: 'POST /login, durable',
    server: 'ours',
    job: jobs.PATIENT_LOGIN,
    warmUpMs: LOGIN_WARM_UP_MS,
  },
  {
    name: 'livezInStorm',
    title: 'GET /livez and 1,000 logins/s',
    server: 'ours',
    job: jobs.LIVEZ,
    beside: STORM,
  },
  {
    name: 'checkInStorm',
    title: 'GET /checklogin and 1,000 logins/s',
    server: 'ours',
    job: jobs.CHECK,
    beside: STORM,
  },
]

module.exports = { SUBJECTS }
