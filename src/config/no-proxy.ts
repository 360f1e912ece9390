import { BlockList, isIP } from 'node:net'

/**
 * Whether `NO_PROXY` names the host of a URL, read as curl and Go read it: `*`, a host, a domain with
 * all that is below it (with or without a dot in front), an address, a CIDR range; each with a port
 * or without. Commas or white space stand between the names.
 */
export function isExempt(url: string, noProxy: string): boolean {
  const { hostname, port, protocol } = new URL(url)
  const host = bare(hostname)
  const realPort = port || (protocol === 'https:' ? '443' : '80')
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some(entry => entry === '*' || names(entry, host, realPort))
}

function names(entry: string, host: string, port: string): boolean {
  const [, name = '', onlyPort] = /^(\[.+\]|[^:]+)(?::(\d+))?$/.exec(entry) ?? [entry, entry]
  if (onlyPort !== undefined && onlyPort !== port) return false
  if (isIP(host)) return bare(name) === host || isInRange(host, name)
  const domain = name.replace(/^\*?\./, '')
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`))
}

function isInRange(address: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/')
  const version = isIP(network)
  if (version === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128)) {
    return false
  }
  const list = new BlockList()
  list.addSubnet(network, Number(bits), version === 4 ? 'ipv4' : 'ipv6')
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

/** An address without the brackets that a URL puts around one of IPv6. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}
