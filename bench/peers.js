const { CHECK, PATIENT_LOGIN } = require('./jobs')

/** What most of them speak. */
const LOGIN = { ...PATIENT_LOGIN, mayRefuse: false }

/**
 * Login servers for mini programs beside ours: how each is asked. `script` is in `servers/`;
 * `package` is what is installed for it, and its script is then in `peers/`.
 */
const PEERS = [
  { name: 'tutorial-jwt', title: 'tutorial, Express 4 + axios + jsonwebtoken', login: LOGIN },
  {
    name: 'tutorial-auth',
    title: 'tutorial, GET /auth + POST /isAuth',
    login: { ...LOGIN, method: 'GET', path: '/auth?code={code}', body: undefined },
    check: { ...CHECK, method: 'POST', path: '/isAuth', body: '{"token":"{token}"}' },
  },
  {
    name: 'tutorial-token',
    title: 'tutorial, a variable as database',
    login: LOGIN,
    check: { ...CHECK, path: '/checklogin?token={token}' },
  },
  { name: 'co-wechat', title: 'co-wechat-api + jsonwebtoken', login: LOGIN, isInstalled: true },
  { name: 'fastify', title: 'Fastify + @fastify/jwt', login: LOGIN, isInstalled: true },
  { name: 'better-auth', title: 'better-auth, bearer sessions', login: LOGIN, isInstalled: true },
].map(peer => ({ check: CHECK, ...peer }))

module.exports = { PEERS }
