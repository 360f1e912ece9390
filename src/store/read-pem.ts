import { readFileSync } from 'node:fs'
import { refusal } from './refusal'

/** @throws ConfigError for a file that cannot be read, or is not in PEM */
export function readPem(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw refusal(
      `names a certificate or key that cannot be read (${code}): correct its path, or let the service’s user read it`,
    )
  }
  if (text.includes('-----BEGIN ')) return text
  throw refusal(
    'names a certificate or key that is not in PEM: convert it, for example by openssl x509 -inform der',
  )
}
