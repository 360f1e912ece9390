import type { DatabaseTls } from '../../config/database-tls'
import { sqlCodeOf } from './faults'
import type { SqlDialect } from './tables'

/** How a driver is told about TLS: `false` is none, whatever the environment says. */
export type TlsOptions = false | TlsContext

interface TlsContext {
  readonly rejectUnauthorized: boolean
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** mysql2 looks at the name in a certificate only when told so. */
  readonly verifyIdentity?: boolean
  /** node-postgres looks at it unless told otherwise. */
  readonly checkServerIdentity?: () => undefined
}

/** What `pg` or `mysql2` takes for a mode of TLS. `read` gives the text of a file in PEM. */
export function tlsOptionsOf(
  dialect: SqlDialect,
  { verify, ca, cert, key }: DatabaseTls,
  read: (file: string) => string,
): TlsContext {
  const isOfMysql = dialect === 'mysql'
  return {
    rejectUnauthorized: verify !== 'nothing',
    ...(isOfMysql && { verifyIdentity: verify === 'identity' }),
    ...(!isOfMysql && verify === 'authority' && { checkServerIdentity: () => undefined }),
    ...(ca !== undefined && { ca: read(ca) }),
    ...(cert !== undefined && { cert: read(cert) }),
    ...(key !== undefined && { key: read(key) }),
  }
}

/** The server refused because of TLS, and may take the other way. */
const ABOUT_TLS = /^(tls_unavailable|28000|ER_SECURE_TRANSPORT_REQUIRED)$/

/**
 * Opens with TLS or without, in the order of a mode's attempts.
 *
 * @throws whatever `open` throws at the last attempt, or at any for a reason other than TLS
 */
export async function openInTurn<T>(
  attempts: readonly TlsOptions[],
  open: (tls: TlsOptions) => Promise<T>,
): Promise<T> {
  const [first = false, ...rest] = attempts
  try {
    return await open(first)
  } catch (error) {
    if (rest.length === 0 || !ABOUT_TLS.test(sqlCodeOf(error))) throw error
    return openInTurn(rest, open)
  }
}
