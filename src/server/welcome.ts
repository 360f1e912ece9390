import { fingerprint } from '../config/secret-strength'
import { VERSION } from '../version'
import type { ProcessContext } from './process-context'

/** Tells the operator that the service is up, and a newcomer how to log in within a minute. */
export function welcome(url: string, { config, log, sink, simulatorUrl }: ProcessContext): void {
  const { jwtSecret, database } = config.login
  log.info('listening', {
    url,
    version: VERSION,
    database: database.split(':')[0],
    workers: config.server.workers,
    node: process.version,
    jwt_secret: config.hasDevSecret ? 'development only' : `set, SHA-256 ${fingerprint(jwtSecret)}`,
  })
  if (database === 'memory:') {
    log.warn('memory_database', { effect: 'every login is lost when the process ends' })
  }
  if (!simulatorUrl) return
  log.warn('wechat_simulator', {
    url: simulatorUrl,
    effect: 'anybody can log in as anybody; set WX_APPID and WX_SECRET to ask the real WeChat',
  })
  // Plain text to copy from. A log that a machine reads is no place for it.
  const isForMachines = config.server.logFormat === 'json'
  const write = isForMachines ? (text: string) => process.stderr.write(text) : sink.write
  write(tryIt(url))
}

function tryIt(url: string): string {
  const login = (user: string) =>
    `curl -s ${url}/login -H 'Content-Type: application/json' -d '{"code":"sim-${user}-'$(date +%s)'"}'`
  const token = `$(${login('bob')} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`
  return `
微信由内置模拟器代替（未设置 WX_APPID / WX_SECRET），仅供开发。
The built-in simulator stands in for WeChat: for development only.

在浏览器里试 / try it in a browser:
${url}/

登录 / log in:
${login('alice')} -w '\\n'

登录并检查 / log in and check:
curl -s ${url}/checklogin -H "Authorization: Bearer ${token}" -w '\\n'
`
}
