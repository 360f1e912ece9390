import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { isErrorCode, LoginError } from '../errors'

/**
 * The fields that a schema of `request-fields.ts` knows, checked. A login costs 100 ns more by
 * schema than by hand, 0.03 % of it: `npm run bench:read`.
 *
 * @throws LoginError `invalid_request` with the name of the first wrong field and never its value;
 *   or the error that the field's schema names as its message, such as `code_missing`
 */
export function readFields<Fields extends z.ZodObject>(
  schema: Fields,
  given: unknown,
): z.output<Fields> {
  const read = schema.safeParse(given)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const field = issue?.path[0]
  const named = issue?.message
  if (isErrorCode(named)) throw new LoginError(named)
  throw new LoginError('invalid_request', field === undefined ? {} : { field: String(field) })
}

/** As `readFields`, from the headers; an error names the header as people write it. */
export function readHeaders<Headers extends z.ZodObject>(
  schema: Headers,
  req: IncomingMessage,
): z.output<Headers> {
  const read = schema.safeParse(req.headers)
  if (read.success) return read.data
  const name = String(read.error.issues[0]?.path[0])
  throw new LoginError('invalid_request', { field: writtenAs(name) })
}

/** `idempotency-key` => `Idempotency-Key`, `x-wx-code` => `X-WX-Code` */
function writtenAs(header: string): string {
  return header.replace(/(^|-)(wx(?=-)|[a-z])/g, letter => letter.toUpperCase())
}

/**
 * The value that the query has under a name. Parsed here, so that no setting of a host app changes
 * what a query means.
 *
 * @throws LoginError `invalid_request` for two values of one name
 */
export function queryValue(req: IncomingMessage, name: string): string | undefined {
  const url = req.url ?? ''
  const start = url.indexOf('?')
  if (start < 0) return undefined
  const values = new URLSearchParams(url.slice(start + 1)).getAll(name)
  if (values.length > 1) throw new LoginError('invalid_request', { field: name })
  return values[0]
}

/** How often a header was sent: of most headers Node keeps the first and drops the others. */
export function countHeader(rawHeaders: readonly string[], name: string): number {
  let found = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i] as string
    if (header.length === name.length && header.toLowerCase() === name) found++
  }
  return found
}
