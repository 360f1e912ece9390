import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface Certificates {
  /** Files in PEM: an authority's certificate, and a server's certificate and key. */
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** An authority of a test's own, and a certificate that it signed for one host name. */
export function createCertificates(folder: string, host: string): Certificates {
  const file = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' })
  const [ca, caKey] = [file('ca.pem'), file('ca-key.pem')]
  const [cert, key, request] = [file('cert.pem'), file('key.pem'), file('request.pem')]
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const authority = ['-subj', '/CN=test authority', '-days', '2']
  openssl('req', '-x509', ...ec, '-keyout', caKey, '-out', ca, ...authority)
  const name = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`]
  openssl('req', '-new', ...ec, '-keyout', key, '-out', request, ...name)
  const signing = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-copy_extensions', 'copy']
  openssl('x509', '-req', '-in', request, ...signing, '-days', '2', '-out', cert)
  return { ca, cert, key }
}
