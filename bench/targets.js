const over = (name, baseline) => round => round[name].cpuUs / round[baseline].cpuUs

/**
 * CPU of a check while logins come, without the logins' own. What a login costs depends on what else
 * the event loop does, so its CPU is measured in the same round beside `/livez`, a request of the
 * same server that reads no session, instead of alone: 1,000 logins a second alone wake the loop for
 * each of them and cost up to twice as much, and taking that off would make the checks look cheap.
 */
function checkInStormUs({ livez, livezInStorm, checkInStorm }) {
  const all = ({ cpuUs, requests }) => cpuUs * requests
  const loginUs = (all(livezInStorm) - livez.cpuUs * livezInStorm.requests) / livezInStorm.beside
  return (all(checkInStorm) - loginUs * checkInStorm.beside) / checkInStorm.requests
}

const HELLO = { zh: 'Express 5 hello', en: 'a bare Express 5 hello' }

/**
 * What a release is measured by: CPU of the server for a request of one subject over that of
 * another, of the same round. `goal` is the most, by the major version of Node; `any` for all.
 */
const TARGETS = [
  {
    id: 'checklogin',
    work: { zh: '`/checklogin`', en: '`/checklogin`' },
    against: HELLO,
    needs: ['check', 'hello'],
    ratio: over('check', 'hello'),
    goal: { 20: 0.48, 24: 1 },
  },
  {
    id: 'verify',
    work: { zh: '`/verify`', en: '`/verify`' },
    against: HELLO,
    needs: ['verify', 'hello'],
    ratio: over('verify', 'hello'),
    goal: { 20: 0.42, 24: 1 },
  },
  {
    id: 'guard',
    work: { zh: '守卫后的业务路由', en: 'a route behind the guard' },
    against: { zh: '同一路由，令牌照发，没有守卫', en: 'the same route, token sent, no guard' },
    needs: ['guarded', 'open'],
    ratio: over('guarded', 'open'),
    goal: { any: 1.1 },
  },
  {
    id: 'login',
    work: { zh: '`/login`，落盘之后应答', en: '`/login`, durable' },
    against: { zh: '教程登录，什么也不存', en: 'the tutorial login, which stores nothing' },
    needs: ['login', 'tutorial'],
    ratio: over('login', 'tutorial'),
    goal: { 20: 0.28 },
  },
  {
    id: 'storm',
    work: { zh: '每秒 1000 次登录时的检查', en: 'a check while 1,000 logins/s come' },
    against: { zh: '没有登录时', en: 'a check without them' },
    needs: ['livez', 'livezInStorm', 'checkInStorm', 'check'],
    ratio: round => checkInStormUs(round) / round.check.cpuUs,
    goal: { any: 1.15 },
  },
  {
    id: 'redis',
    work: { zh: '检查，会话在 Redis', en: 'a check, sessions in Redis' },
    against: { zh: '会话在 SQLite', en: 'sessions in SQLite' },
    needs: ['redis', 'sqlite'],
    ratio: over('redis', 'sqlite'),
    goal: { any: 1.1 },
  },
  {
    id: 'sessions',
    work: { zh: '检查，10⁶ 个会话', en: 'a check at 10⁶ sessions' },
    against: { zh: '10³ 个会话', en: 'at 10³ sessions' },
    needs: ['many', 'few'],
    ratio: over('many', 'few'),
    goal: { any: 1.3 },
  },
]

/** The most that a target allows under this Node, such as `v20.19.0`; undefined where none was set. */
function goalOf({ goal }, nodeVersion) {
  return goal[/^v(\d+)/.exec(nodeVersion)?.[1]] ?? goal.any
}

module.exports = { TARGETS, goalOf }
