import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { TlsFiles } from './core/http-server'

/** Names under which programs call the simulator; the last one by a line in `/etc/hosts`. */
const NAMES = 'DNS:localhost,IP:127.0.0.1,IP:::1,DNS:api.weixin.qq.com'

const DAYS = '30'

export interface Certificate extends TlsFiles {
  /** Where the certificate is: a client trusts this file. */
  readonly path: string
}

/**
 * The certificate in a folder. Where there is none, or one whose days are over, the program `openssl`
 * makes one, which signs itself and can sign nothing else.
 *
 * @throws Error in words for the person at the keyboard where there is no such program, or where the
 * two files do not belong together
 */
export function certificateIn(folder: string): Certificate {
  const path = resolve(folder, 'cert.pem')
  const keyPath = join(resolve(folder), 'key.pem')
  if (!isGood(path)) make(folder, path, keyPath)
  try {
    const [cert, key] = [readFileSync(path, 'utf8'), readFileSync(keyPath, 'utf8')]
    // Throws where one does not belong to the other.
    createSecureContext({ cert, key })
    return { path, cert, key }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code
    throw new Error(`--tls finds no key.pem for cert.pem in ${folder} (${reason}): ${ANEW}`)
  }
}

const ANEW = 'delete both files, and they are made anew'

function isGood(path: string): boolean {
  if (!existsSync(path)) return false
  try {
    return Date.parse(new X509Certificate(readFileSync(path)).validTo) > Date.now()
  } catch {
    throw new Error(`--tls cannot read ${path}: ${ANEW}`)
  }
}

function make(folder: string, path: string, keyPath: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyPath]
  const extensions = [
    `subjectAltName=${NAMES}`,
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
  ].flatMap(extension => ['-addext', extension])
  const subject = ['-subj', '/CN=WeChat simulator (not WeChat)', '-days', DAYS]
  try {
    execFileSync('openssl', ['req', '-x509', ...key, '-out', path, ...subject, ...extensions], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (error) {
    throw new Error(`--tls needs the program openssl 3 to make a certificate: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: Buffer }
  return code === 'ENOENT' ? 'it is not installed' : String(stderr ?? code).trim()
}
