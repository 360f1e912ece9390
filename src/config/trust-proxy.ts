import { isIP } from 'node:net'

/** Names that Express gives to ranges of addresses. */
const NAMED_RANGES: readonly string[] = ['loopback', 'linklocal', 'uniquelocal']
const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 }

/** The text of `TRUST_PROXY` as Express takes it: off, a number of hops, or a list of ranges. */
export function parseTrustProxy(text: string): false | number | readonly string[] {
  if (text === 'off') return false
  if (/^\d{1,2}$/.test(text)) return Number(text)
  return text.split(',').map(part => part.trim())
}

/** Whether a text names addresses that can be trusted: an address, a CIDR range or a named range. */
export function isTrusted(range: string): boolean {
  if (NAMED_RANGES.includes(range)) return true
  const [address = '', prefix, ...rest] = range.split('/')
  const bits = BITS[isIP(address)]
  if (bits === undefined || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}
