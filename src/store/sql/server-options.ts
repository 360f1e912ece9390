import type { DatabaseUrl } from '../../config/database-url'
import type { Patience } from '../../patience'
import type { OutageLog } from '../outage-log'
import type { Statements } from './statements'
import type { TlsOptions } from './tls-options'

/** How a database server is opened, whichever it is. */
export interface ServerOptions {
  /** Read already; the drivers see no parameter of it. */
  url: DatabaseUrl
  /** Undefined: as the driver does by itself. */
  tls: TlsOptions | undefined
  tablePrefix: string
  statements: Statements
  outages: OutageLog
  patience: Pick<Patience, 'storeMs' | 'calmMs' | 'migrationConnectMs'>
}
