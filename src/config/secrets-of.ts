import type { Config } from './config'
import type { OptionTable } from './option'
import { SETTINGS } from './options'
import { secretLinesOf } from './private-key'

/** The values that must never appear in a log. */
export function secretsOf(config: Config): string[] {
  const secrets = Object.entries(SETTINGS as OptionTable).flatMap(([name, { secret }]) => {
    if (!secret) return []
    const texts = textsOf((config as unknown as Readonly<Record<string, unknown>>)[name])
    const passwords = texts.flatMap(passwordsOf)
    const whole = [...texts, ...texts.flatMap(secretLinesOf)]
    return secret === 'password' ? passwords : [...whole, ...passwords]
  })
  return [...new Set(secrets)]
}

/** The texts in a value: the text itself, or the AppSecrets of every app. */
export function textsOf(value: unknown): string[] {
  if (value instanceof Map) return [...value.values()].flat().map(String)
  return typeof value === 'string' ? [value] : []
}

/** A shorter password would also be found in words that are no secret. */
const SHORTEST_PASSWORD = 6

/** The password in a URL, as it is written there and as a driver would show it. */
export function passwordsOf(url: string): string[] {
  if (!URL.canParse(url)) return []
  const { password } = new URL(url)
  return [...new Set([password, decoded(password)])].filter(
    ({ length }) => length >= SHORTEST_PASSWORD,
  )
}

/** A percent sign that begins no escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
