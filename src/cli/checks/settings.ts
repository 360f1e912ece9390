import { ConfigError } from '../../config/config-error'
import { presentDevSecret } from '../../config/dev-secret'
import { withEnvFile } from '../../config/env-file'
import { readEnvironment, type ServerConfig } from '../../config/read-environment'
import type { Environment } from '../../config/read-variables'
import { fingerprint } from '../../config/secret-strength'
import { listOptions, type NamedOption } from '../../config/variables'
import { printable } from '../../log'
import { SIMULATOR_APP } from '../../simulator'
import { type Check, fail, ok, warn } from './check'

export interface SettingsFound {
  readonly checks: readonly Check[]
  /** Undefined where the settings cannot be used: nothing else can be tried then. */
  readonly config: ServerConfig | undefined
}

/** Reads the settings as the server would, and says where each value comes from. */
export function checkSettings(file: string, env: Environment): SettingsFound {
  try {
    const merged = withEnvFile(file, env)
    const origins = ok('origins', originsOf(merged, env).join('\n') || ALL_DEFAULTS)
    const { checks, config } = problemsOf(merged)
    return { checks: [origins, ...checks], config }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { checks: failures(error), config: undefined }
  }
}

const ALL_DEFAULTS = '全部默认 · all defaults'

function problemsOf(env: Environment): SettingsFound {
  try {
    const config = readEnvironment(env, SIMULATOR_APP, presentDevSecret)
    const warnings = config.warnings.map(text =>
      warn('settings', text, '改掉或删去这项设置 · change the setting, or leave it out'),
    )
    return { config, checks: [ok('settings', modeOf(config)), ...warnings, ...secretOf(config)] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { checks: failures(error), config: undefined }
  }
}

function modeOf({ production }: ServerConfig): string {
  return production
    ? '可用，生产 · can be used, production'
    : '可用，非生产 · can be used, no production'
}

function secretOf({ hasDevSecret }: ServerConfig): Check[] {
  if (!hasDevSecret) return []
  return [
    warn(
      'jwt_secret',
      '没有设 JWT_SECRET，用的是本机开发密钥 · JWT_SECRET is not set: one of this machine stands in',
      'miniprogram-login init，或 openssl rand -base64 48 · or set one',
    ),
  ]
}

function failures({ problems }: ConfigError): Check[] {
  return problems.map(({ name, problem }) =>
    fail('settings', `${name}: ${problem}`, '改 .env 或环境变量 · change .env or the environment'),
  )
}

/** A line for each variable that somebody set: its value, as far as it may be shown, and its origin. */
function originsOf(merged: Environment, env: Environment): string[] {
  return listOptions().flatMap(option => {
    const { env: name, secret } = option
    if (name === undefined) return []
    const file = secret ? merged[`${name}_FILE`]?.trim() : undefined
    if (file) return [`${name}  ${file}  (${name}_FILE, ${placeOf(`${name}_FILE`, env)})`]
    const text = merged[name]?.trim()
    return text ? [`${name}  ${shown(option, text)}  (${placeOf(name, env)})`] : []
  })
}

function placeOf(name: string, env: Environment): string {
  return env[name] === undefined ? '.env' : '环境变量 environment'
}

function shown({ name, secret }: NamedOption, text: string): string {
  if (!secret) return printable(text)
  if (name === 'apps') return appidsOf(text)
  if (text.includes('://') || secret === 'password') return withoutPassword(text)
  return `SHA-256 ${fingerprint(text)}`
}

function appidsOf(text: string): string {
  try {
    return Object.keys(JSON.parse(text) as object).join(', ')
  } catch {
    return `SHA-256 ${fingerprint(text)}`
  }
}

/** An address without what may be a password. One that cannot be read may hold it anywhere. */
export function withoutPassword(text: string): string {
  if (!text.includes('://')) return /^(sqlite|memory):/.test(text) ? printable(text) : '…'
  if (!URL.canParse(text)) return `${text.slice(0, text.indexOf(':'))}://…`
  const { protocol, username, host, pathname, search } = new URL(text)
  const user = username === '' ? '' : `${username}@`
  return printable(`${protocol}//${user}${host}${pathname}${search && '?…'}`)
}
