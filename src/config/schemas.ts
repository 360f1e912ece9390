import { z } from 'zod'
import { problemWithBaseUrl } from './base-url'
import { problemWithCorsOrigin } from './cors-origin'
import { problemWithDatabaseUrl } from './database-url'
import { closestHint } from './near-names'
import { canonicalPrivateKey, problemWithPrivateKey } from './private-key'
import { problemWithRedisUrl } from './redis-url'
import { isPlaceholder, weaknessOf } from './secret-strength'
import { problemWithTokenHeader } from './token-headers'
import { isTrusted } from './trust-proxy'
import { problemWithProxy } from './wx-proxy'

/** The text of a variable as a number; what is none is NaN, which no schema accepts. */
export const wholeNumber = (text: string): number =>
  /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN

/** A whole number. The text of a variable that is none arrives here as NaN and is refused. */
export const whole = (from: number, to: number) => {
  const error = `must be a whole number from ${from} to ${to}`
  return z.int({ error }).min(from, { error }).max(to, { error })
}

/** A text that one of our own functions judges. */
const judged = (problemWith: (text: string) => string | undefined, error: string) =>
  z.string({ error }).check(ctx => {
    const message = problemWith(ctx.value)
    // Without `input`: an issue that held the value could carry it into an error's text.
    if (message) ctx.issues.push({ code: 'custom', message, input: undefined })
  })

export const signingSecret = judged(weaknessOf, 'must be a string of at least 32 bytes')
/** Gives one text for one key, so that two of them can be compared. */
export const privateKey = judged(problemWithPrivateKey, 'must be a string').transform(
  canonicalPrivateKey,
)
export const adoptUsers = z.enum(['auto', 'on', 'off'], { error: 'must be auto, on or off' })
export const docs = z.enum(['on', 'off'], { error: 'must be on or off' })
export const databaseUrl = judged(problemWithDatabaseUrl, 'must be a string')
export const redisUrl = judged(problemWithRedisUrl, 'must be a string')
export const baseUrl = judged(problemWithBaseUrl, 'must be a string')
export const proxy = judged(problemWithProxy, 'must be a string')
export const onOff = z.enum(['on', 'off'], { error: 'must be on or off' })

const appSecret = z
  .string()
  .regex(/^[\x21-\x7e]{16,128}$/)
  .refine(secret => !isPlaceholder(secret))

const appSecrets = z.union([
  appSecret.transform(secret => [secret]),
  z.tuple([appSecret, appSecret]),
])

const appMap = z.record(z.string().regex(/^[\w-]{6,64}$/), appSecrets)

/** Appid to AppSecret, or to the current one and the previous one. */
export type Apps = Readonly<Record<string, string | readonly [current: string, previous: string]>>

const NO_APPS =
  'must map each appid (wx…) to its AppSecret from the mini program’s console, like {"wx…appid…":"…AppSecret…"}'
const WRONG_APP = `${NO_APPS}; an appid or AppSecret is malformed or a placeholder`

/** Appid to its AppSecrets, the current one first. One fixed sentence refuses: zod's would quote an appid. */
export const apps = z
  .custom<Apps>(value => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: NO_APPS,
  })
  .transform((value, ctx): ReadonlyMap<string, readonly string[]> => {
    const { success, data } = appMap.safeParse(value)
    const found = new Map<string, readonly string[]>(Object.entries(data ?? {}))
    if (!success) ctx.addIssue({ code: 'custom', message: WRONG_APP })
    else if (found.size === 0) {
      ctx.addIssue({ code: 'custom', message: 'must name at least one mini program' })
    }
    return found
  })

export const internalToken = z
  .string({ error: 'must be a string' })
  .regex(/^[\x21-\x7e]{32,256}$/, {
    error: 'must be 32 to 256 visible ASCII characters: make one: openssl rand -base64 48',
  })
  .refine(token => !isPlaceholder(token), {
    error: 'looks like a placeholder: make one: openssl rand -base64 48',
  })

export const tablePrefix = z
  .string({ error: 'must be a string' })
  .regex(/^(?:[a-z][a-z0-9_]{0,20})?$/, {
    error: 'must begin with a letter and hold up to 21 lower-case letters, digits and underscores',
  })

export const redisPrefix = z
  .string({ error: 'must be a string' })
  .regex(/^[\x21-\x7e]{1,32}$/, { error: 'must be 1 to 32 visible ASCII characters' })
  .refine(prefix => !/[{}*?[\]\\^]/.test(prefix), {
    // Braces choose a key's slot in a cluster; the others are patterns to KEYS and to ACL rules.
    error: 'must not hold any of { } * ? [ ] \\ ^',
  })

/** Calls a minute, or `off`. */
export const rateLimit = (most: number) =>
  z.union([z.literal('off'), whole(1, most)], {
    error: `must be a whole number from 1 to ${most}, or off`,
  })

const WRONG_PROXY = {
  error:
    'must be off, a number of hops, or a list of CIDR ranges like 10.0.0.0/8 (never “true”: anybody could then pretend any address)',
}

export const trustProxy = z.union(
  [
    z.literal(false),
    z.int().min(0, WRONG_PROXY).max(99, WRONG_PROXY),
    z
      .array(z.string())
      .refine(ranges => ranges.every(isTrusted), WRONG_PROXY)
      .readonly(),
  ],
  WRONG_PROXY,
)

/** A list of texts that one of our own functions judges. */
const listOf = (problemWith: (text: string) => string | undefined, error: string) =>
  z
    .array(z.string({ error }), { error })
    .max(32, { error: 'must have 32 entries at the most' })
    .check(ctx => {
      const message = ctx.value.map(problemWith).find(problem => problem !== undefined)
      // Without a path: an operator knows the variable, and not the entry's number.
      if (message) ctx.issues.push({ code: 'custom', message, input: undefined })
    })
    .readonly()

/** The id of an env of WeChat Cloud Hosting. */
export const cloudEnv = z.string({ error: 'must be a string' }).regex(/^[\w-]{3,64}$/, {
  error: 'must be an env id of WeChat Cloud Hosting, 3 to 64 letters, digits and -',
})

/** Origins of pages, each once. */
export const corsOrigins = listOf(problemWithCorsOrigin, 'must be a list of origins').transform(
  (origins): readonly string[] => [...new Set(origins)],
)

/** Header names, in lower case as Node has them, each once. */
export const tokenHeaders = listOf(
  problemWithTokenHeader,
  'must be a list of header names',
).transform((names): readonly string[] => [...new Set(names.map(name => name.toLowerCase()))])

/** A function. Nothing can be known of what it answers before it is called. */
export const callback = <T>() =>
  z.custom<T>(value => typeof value === 'function', { error: 'must be a function' })

/** An object whose keys are all known: another one is refused by name. */
export const strict = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z
    .object(shape, { error: 'must be an object' })
    .catchall(z.unknown())
    .check(ctx => {
      const known = Object.keys(shape)
      for (const key of Object.keys(ctx.value).filter(name => !known.includes(name))) {
        const message = `is not an option${closestHint(key, known)}`
        ctx.issues.push({ code: 'custom', path: [key], message, input: undefined })
      }
    })
