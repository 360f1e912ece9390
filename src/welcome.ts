import type { ServerConfig } from './environment'
import type { Log } from './log'
import { fingerprint } from './secret-strength'

export interface WelcomeOptions {
  url: string
  config: ServerConfig
  /** There when the built-in simulator stands in for WeChat. */
  simulatorUrl: string | undefined
  log: Log
  /** Takes plain text to copy from; a log that a machine reads is no place for it. */
  write: (text: string) => void
}

/** Tells the operator that the service is up, and a newcomer how to log in within a minute. */
export function welcome({ url, config, simulatorUrl, log, write }: WelcomeOptions): void {
  const { jwtSecret, database = 'sqlite:./data/login.db' } = config.settings
  log.info('listening', {
    url,
    database: database.split(':')[0],
    workers: config.workers,
    node: process.version,
    jwt_secret: jwtSecret ? `set, SHA-256 ${fingerprint(jwtSecret)}` : 'development only',
  })
  if (database === 'memory:') {
    log.warn('memory_database', { effect: 'every login is lost when the process ends' })
  }
  if (!simulatorUrl) return
  log.warn('wechat_simulator', {
    url: simulatorUrl,
    effect: 'anybody can log in as anybody; set WX_APPID and WX_SECRET to ask the real WeChat',
  })
  write(tryIt(url))
}

function tryIt(url: string): string {
  const login = (user: string) =>
    `curl -s ${url}/login -H 'Content-Type: application/json' -d '{"code":"sim-${user}-'$(date +%s)'"}'`
  const token = `$(${login('bob')} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`
  return `
微信由内置模拟器代替（未设置 WX_APPID / WX_SECRET），仅供开发。
The built-in simulator stands in for WeChat: for development only.

登录 / log in:
${login('alice')} -w '\\n'

登录并检查 / log in and check:
curl -s ${url}/checklogin -H "Authorization: Bearer ${token}" -w '\\n'
`
}
