import { isIP, type Socket } from 'node:net'
import tls from 'node:tls'
import { type Check, fail, ok, warn } from './check'

const DAY_MS = 86_400_000
/** A certificate is renewed weeks before its end. Later something is wrong, or on the way. */
const FEW_DAYS = 7

export interface TlsTarget {
  readonly host: string
  readonly port: number
  /** How long to wait for the handshake, in milliseconds. */
  readonly timeoutMs: number
}

/**
 * Whether the other end proves by a certificate that it is the host.
 *
 * @param tunnel a connection to it that stands already. Default: a new one from this machine
 */
export function checkTls({ host, port, timeoutMs }: TlsTarget, tunnel?: Socket): Promise<Check> {
  return new Promise(resolve => {
    const name = isIP(host) ? {} : { servername: host }
    const socket = tls.connect({ host, port, ...name, ...(tunnel && { socket: tunnel }) })
    const end = (check: Check) => {
      socket.destroy()
      resolve(check)
    }
    const failed = (code: string) => {
      const fix = isAboutTrust(code) ? UNTRUSTED : tunnel ? CUT : closed(host, port)
      end(fail('tls', `${host}:${port}: ${code}`, fix))
    }
    socket.setTimeout(timeoutMs, () => failed('ETIMEDOUT'))
    socket.once('error', ({ code }: NodeJS.ErrnoException) => failed(code ?? 'unknown'))
    socket.once('secureConnect', () => {
      const { valid_to: until } = socket.getPeerCertificate()
      const days = Math.floor((Date.parse(until) - Date.now()) / DAY_MS)
      const found = `${host}: ${socket.getProtocol()}，证书还有 ${days} 天 · the certificate holds for ${days} days`
      end(days < FEW_DAYS ? warn('tls', found, RENEW) : ok('tls', found))
    })
  })
}

const RENEW =
  '中间若有公司的代理，请其续期 · if a proxy of the company is on the way, have it renewed'

const UNTRUSTED =
  '证书不可信：中间有拦截 TLS 的代理？把它的根证书放进 NODE_EXTRA_CA_CERTS，并核对时钟 · not trusted: does a proxy open TLS on the way? name its root in NODE_EXTRA_CA_CERTS, and check the clock'

const CUT =
  '代理接了 CONNECT，TLS 却不通：看代理的日志，让它原样转发 · the proxy took the CONNECT, and TLS does not pass: see the proxy’s log, and have it pass the bytes as they come'

function closed(host: string, port: number): string {
  return `允许本机访问 ${host}:${port}，或设 WX_PROXY · let this machine reach ${host}:${port}, or set WX_PROXY`
}

function isAboutTrust(code: string): boolean {
  return /CERT|SIGNATURE|ISSUER|ALTNAME/.test(code)
}
