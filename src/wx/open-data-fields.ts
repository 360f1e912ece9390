import { LoginError } from '../errors'

/** WeChat's JSON object, as it comes. */
export type OpenedData = Readonly<Record<string, unknown>>

/** Far more than WeChat was seen to send. A host app's own body limit may be wider than ours. */
const MAX_CHARACTERS = 16 * 1024

/**
 * The text of a field.
 *
 * @throws LoginError `invalid_request` when it is missing or no text; `data_undecryptable` when it
 *   is too long
 */
export function readText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new LoginError('invalid_request', { field })
  if (value.length > MAX_CHARACTERS) throw undecryptable('too_long', field)
  return value
}

/** The JSON object that a text holds, or undefined when it holds none. */
export function parseObject(text: string): OpenedData | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as OpenedData) : undefined
  } catch {
    return undefined
  }
}

export function undecryptable(reason: string, field?: string): LoginError {
  return new LoginError('data_undecryptable', { reason, ...(field !== undefined && { field }) })
}
