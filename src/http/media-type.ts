/**
 * RFC 9110, sections 5.6.2, 5.6.4 and 5.6.6: a token; a quoted string; one parameter, or none. White
 * space around the `=` is bad and common.
 */
const TOKEN = "[\\w!#$%&'*+\\-.^`|~]+"
const QUOTED =
  '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"'
const TYPE = new RegExp(`^(${TOKEN}/${TOKEN})`)
const PARAMETER = new RegExp(
  `[\\t ]*;[\\t ]*(?:(${TOKEN})[\\t ]*=[\\t ]*(${TOKEN}|${QUOTED}))?`,
  'y',
)

export interface MediaType {
  /** In small letters, such as `application/json`. */
  readonly type: string
  /** Every value of `charset`, in small letters. One is the rule. */
  readonly charsets: readonly string[]
}

/**
 * A Content-Type by its grammar (RFC 9110, section 8.3.1), which allows white space around a
 * semicolon, one that nothing follows, any parameters in any order, and quotes around a value.
 * Undefined for what is no Content-Type.
 *
 * Not `content-type`'s parser, which Express uses: of two charsets it tells the first alone, while a
 * proxy in front may have read the other, and it takes `application/json; x=`, which is none.
 */
export function readMediaType(header: string): MediaType | undefined {
  const [, type] = TYPE.exec(header) ?? []
  if (type === undefined) return undefined
  const charsets: string[] = []
  PARAMETER.lastIndex = type.length
  let end = type.length
  for (let found = PARAMETER.exec(header); found; found = PARAMETER.exec(header)) {
    end = PARAMETER.lastIndex
    const [, name = '', value = ''] = found
    if (name.toLowerCase() === 'charset') charsets.push(unquoted(value).toLowerCase())
  }
  if (!/^[\t ]*$/.test(header.slice(end))) return undefined
  return { type: type.toLowerCase(), charsets }
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
}

/** Content codings in small letters, in the order in which they were applied: section 8.4. */
export function readCodings(header: string): readonly string[] {
  return header
    .toLowerCase()
    .split(',')
    .map(coding => coding.trim())
    .filter(coding => coding !== '')
}
