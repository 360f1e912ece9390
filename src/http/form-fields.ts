import { isUtf8 } from 'node:buffer'
import { LoginError } from '../errors'

/**
 * The fields of a form (application/x-www-form-urlencoded), each a text. What a browser reads kindly
 * is refused: bytes that are no UTF-8, a percent sign that begins no escape, and a name that stands
 * twice, since a proxy in front may have read the other one.
 *
 * @throws LoginError `invalid_request`
 */
export function readForm(bytes: Buffer): Readonly<Record<string, string>> {
  if (!isUtf8(bytes)) throw new LoginError('invalid_request')
  const fields = new Map<string, string>()
  for (const pair of bytes.toString('utf8').split('&')) {
    if (pair === '') continue
    const [name, ...value] = pair.split('=')
    const decoded = decode(name ?? '')
    if (fields.has(decoded)) throw new LoginError('invalid_request', { reason: 'repeated_field' })
    fields.set(decoded, decode(value.join('=')))
  }
  return Object.fromEntries(fields)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new LoginError('invalid_request')
  }
}
