const { CHECK, LOGIN } = require('./jobs')

/**
 * What is measured, in the order of a round, and what each is compared with. `server` names one of
 * those that `run.js` starts.
 */
const SUBJECTS = [
  {
    name: 'Express 5 hello   GET /',
    server: 'hello',
    job: { method: 'GET', path: '/', fill: 'plain', status: 200, contains: '"hello":"world"' },
  },
  {
    name: 'ours, unguarded   GET /livez',
    server: 'ours',
    job: { method: 'GET', path: '/livez', fill: 'plain', status: 200, contains: '"ok"' },
    against: ['Express 5 hello   GET /'],
  },
  {
    name: 'ours, guarded     GET /verify',
    server: 'ours',
    job: { method: 'GET', path: '/verify', fill: 'token', status: 200, contains: '' },
    against: ['Express 5 hello   GET /', 'ours, unguarded   GET /livez'],
  },
  {
    name: 'ours              GET /checklogin',
    server: 'ours',
    job: CHECK,
    against: ['Express 5 hello   GET /', 'ours, unguarded   GET /livez'],
    goal: { ratio: 1.0, against: 'Express 5 hello   GET /' },
  },
  {
    name: 'tutorial          POST /login',
    server: 'tutorial',
    job: LOGIN,
  },
  {
    name: 'ours, durable     POST /login',
    server: 'ours',
    job: LOGIN,
    against: ['tutorial          POST /login'],
    goal: { ratio: 0.35, against: 'tutorial          POST /login' },
  },
]

module.exports = { SUBJECTS }
