/**
 * What is measured, in the order of a round, and what each is compared with. `server` names one of
 * `startServers`; `contains` is what a right answer holds besides its status.
 */
const SUBJECTS = [
  {
    name: 'Express 5 hello   GET /',
    server: 'hello',
    request: { method: 'GET', path: '/', fill: 'plain' },
    answer: { status: 200, contains: '"hello":"world"' },
  },
  {
    name: 'ours, unguarded   GET /livez',
    server: 'ours',
    request: { method: 'GET', path: '/livez', fill: 'plain' },
    answer: { status: 200, contains: '"ok"' },
    against: ['Express 5 hello   GET /'],
  },
  {
    name: 'ours, guarded     GET /verify',
    server: 'ours',
    request: { method: 'GET', path: '/verify', fill: 'token' },
    answer: { status: 204, contains: '' },
    against: ['Express 5 hello   GET /', 'ours, unguarded   GET /livez'],
  },
  {
    name: 'ours              GET /checklogin',
    server: 'ours',
    request: { method: 'GET', path: '/checklogin', fill: 'token' },
    answer: { status: 200, contains: '"is_login":true' },
    against: ['Express 5 hello   GET /', 'ours, unguarded   GET /livez'],
    goal: { ratio: 1.0, against: 'Express 5 hello   GET /' },
  },
  {
    name: 'tutorial          POST /login',
    server: 'tutorial',
    request: { method: 'POST', path: '/login', fill: 'code' },
    answer: { status: 200, contains: '"token":"' },
  },
  {
    name: 'ours, durable     POST /login',
    server: 'ours',
    request: { method: 'POST', path: '/login', fill: 'code' },
    answer: { status: 200, contains: '"token":"' },
    against: ['tutorial          POST /login'],
    goal: { ratio: 0.35, against: 'tutorial          POST /login' },
  },
]

module.exports = { SUBJECTS }
