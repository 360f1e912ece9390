import { withEnvFile } from '../config/env-file'
import type { Check } from './checks/check'
import { checkDatabase } from './checks/database'
import { checkFiles } from './checks/files'
import { checkRedis } from './checks/redis'
import { checkServer } from './checks/server'
import { checkSettings } from './checks/settings'
import { checkWechat } from './checks/wechat'
import { type AddCommand, examples } from './command'
import type { Terminal } from './terminal'

const FILE = '.env'

/** `doctor`: what is wrong, and how to mend it. Changes nothing and shows no secret. */
export const addDoctor: AddCommand = (program, { terminal, end }) => {
  program
    .command('doctor')
    .description(
      '检查设置（每项来自哪里）、文件权限、DNS、TLS、代理、时钟、微信凭据、数据库、Redis；只读，不显示密钥 · settings and where each came from, file rights, DNS, TLS, proxy, clock, credentials at WeChat, database, Redis; changes nothing, shows no secret',
    )
    .option('--json', 'JSON')
    .addHelpText(
      'after',
      examples(
        'miniprogram-login doctor',
        'NODE_ENV=production miniprogram-login doctor --json   # 上线之前 · before a deployment',
      ),
    )
    .action(async ({ json }: { json?: boolean }) => end(await examine(json === true, terminal)))
}

async function examine(isJson: boolean, { print, say }: Terminal): Promise<number> {
  const checks = await allChecks()
  const failed = checks.filter(({ status }) => status === 'fail').length
  if (isJson) print(JSON.stringify({ ok: failed === 0, checks }, null, 2))
  else for (const check of checks) print(linesOf(check))
  say(failed === 0 ? '没有问题 · nothing is wrong' : `${failed} 个问题 · ${failed} failed`)
  return failed === 0 ? 0 : 1
}

async function allChecks(): Promise<readonly Check[]> {
  const { checks, config } = checkSettings(FILE, process.env)
  if (!config) return checks
  const parts = await Promise.all([
    checkServer(config),
    checkWechat(config),
    checkDatabase(config.login),
    checkRedis(config.login),
  ])
  const files = checkFiles(FILE, withEnvFile(FILE, process.env), config)
  return [...checks, ...files, ...parts.flat()]
}

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const

function linesOf({ name, status, found, fix }: Check): string {
  const [first, ...more] = found.split('\n')
  const lines = [
    `${MARKS[status]} ${name.padEnd(12)} ${first}`,
    ...more.map(line => `${' '.repeat(15)}${line}`),
  ]
  return [...lines, ...(fix === null ? [] : [`${' '.repeat(13)}→ ${fix}`])].join('\n')
}
