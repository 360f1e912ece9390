import { distanceOf, soundOf } from './near-names'
import { SECRET_VARIABLES, VARIABLES } from './variables'

/** Names that other programs use for the same thing, or that people write from memory. */
const ALIASES: Readonly<Record<string, string>> = {
  DB_URL: 'DATABASE_URL',
  DB_URI: 'DATABASE_URL',
  DATABASE_DSN: 'DATABASE_URL',
  REDIS_DSN: 'REDIS_URL',
  JWT_KEY: 'JWT_SECRET',
  JWT_SECRET_KEY: 'JWT_SECRET',
  JWT_SECRET_OLD: 'JWT_SECRET_PREVIOUS',
  JWT_PRIVATE_KEY_OLD: 'JWT_PRIVATE_KEY_PREVIOUS',
  JWT_PRIVATE_PEM: 'JWT_PRIVATE_KEY',
  NODE_EVN: 'NODE_ENV',
  WX_ID: 'WX_APPID',
  WX_APPSECRET: 'WX_SECRET',
  WX_TIMEOUT: 'WX_TIMEOUT_MS',
  WX_HTTP_PROXY: 'WX_PROXY',
  WX_HTTPS_PROXY: 'WX_PROXY',
  WX_PROXY_URL: 'WX_PROXY',
  WX_BASE_URL: 'WX_API_BASE_URL',
  WX_API_URL: 'WX_API_BASE_URL',
  WECHAT_APPID: 'WX_APPID',
  WECHAT_SECRET: 'WX_SECRET',
  WECHAT_APPSECRET: 'WX_SECRET',
  WEIXIN_APPID: 'WX_APPID',
  WEIXIN_SECRET: 'WX_SECRET',
  WEIXIN_APPSECRET: 'WX_SECRET',
}

const OURS: readonly string[] = [...VARIABLES, ...SECRET_VARIABLES.map(name => `${name}_FILE`)]
const SOUNDS = new Map(OURS.map(name => [soundOf(name), name]))
const ALIAS_SOUNDS = new Map(Object.entries(ALIASES).map(([alias, name]) => [soundOf(alias), name]))

/** Shorter names have honest neighbours: `PORT` and `PORTS`, `HOST` and `POST`, `WORKERS` and `WORKER`. */
const SHORTEST_GUESSED = 8

/**
 * The variable of ours that a name was probably meant to be, or undefined. An environment holds
 * hundreds of names of others, such as `DB_HOST` or `REDIS_PORT`: only a name that is the same but
 * for underscores or one letter, or a known alias, is taken for ours.
 */
export function meantVariable(name: string): string | undefined {
  // Names in small letters are those of proxies and of npm: `http_proxy`, `npm_config_…`.
  if (OURS.includes(name) || name !== name.toUpperCase()) return undefined
  const sound = soundOf(name)
  const same = SOUNDS.get(sound) ?? ALIAS_SOUNDS.get(sound)
  if (same !== undefined) return same
  const isLongEnough = (known: string) => known.length >= SHORTEST_GUESSED || known.startsWith('WX')
  // Lengths first: an environment of a hundred names took 10 ms of every start.
  const near = [...SOUNDS].find(
    ([known]) =>
      Math.abs(known.length - sound.length) <= 1 &&
      isLongEnough(known) &&
      distanceOf(sound, known) === 1,
  )
  return near?.[1]
}

/** Names that begin like ours. One that is not ours is worth a warning, no more. */
const OUR_BEGINNINGS = /^(?:WX|JWT|TOKEN_TTL|SESSION_TTL|RATE_LIMIT|TRUST_PROXY)(?:_|$)/

export interface Misspelt {
  readonly refused: readonly { readonly name: string; readonly meant: string }[]
  readonly warnings: readonly string[]
}

/**
 * Looks through an environment for names that were meant to be ours. A name is refused while the
 * variable that was meant is not set: the service would run without it. Where that one is set, too,
 * nothing is lost, and the name may belong to another program: that is a warning.
 */
export function findMisspelt(env: Readonly<Record<string, string | undefined>>): Misspelt {
  const isSet = (name: string) => Boolean(env[name]?.trim())
  const refused: { name: string; meant: string }[] = []
  const warnings: string[] = []
  for (const name of Object.keys(env).filter(isSet)) {
    const meant = meantVariable(name)
    if (meant !== undefined) {
      const isThere = isSet(meant) || isSet(`${meant}_FILE`) || isSet(meant.replace(/_FILE$/, ''))
      if (isThere) warnings.push(`${name} is not read; ${meant} is, and it is set`)
      else refused.push({ name, meant })
    } else if (OUR_BEGINNINGS.test(name) && !OURS.includes(name)) {
      warnings.push(`${name} is not a name this service reads; see .env.example`)
    }
  }
  return { refused, warnings }
}
