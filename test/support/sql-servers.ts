import mysql from 'mysql2/promise'
import pg from 'pg'
import { type DatabaseServer, type PROGRAMS, startMariadb, startPostgres } from './databases'

/** A client of a test's own beside the service. */
export interface Admin {
  query(sql: string): Promise<readonly Record<string, unknown>[]>
  end(): void
}

/** What the same fault is called on each database server. */
export interface SqlServer {
  readonly program: keyof typeof PROGRAMS
  start(): Promise<DatabaseServer>
  /** The service's own credentials, which are no administrator's. */
  urlFor(database: DatabaseServer): string
  connect(database: DatabaseServer): Promise<Admin>
  /** Ends every client and stops in good order; stops at once, as after a power cut. */
  readonly fast: NodeJS.Signals
  readonly immediate: NodeJS.Signals
  readonly lockSessions: readonly string[]
  readonly unlock: string
  readonly readOnly: (on: boolean) => readonly string[]
  /** Counts the service's statements that still wait for a lock. */
  readonly waiting: string
  /** Counts transactions that wait for another one's row. */
  readonly blocked: string
}

export const SQL_SERVERS: Readonly<Record<string, SqlServer>> = {
  PostgreSQL: {
    program: 'postgres',
    start: () =>
      startPostgres([
        'max_connections=10',
        'superuser_reserved_connections=0',
        'deadlock_timeout=500ms',
      ]),
    urlFor: ({ url }) => url,
    async connect({ url }) {
      const client = new pg.Client(url)
      client.on('error', () => {})
      await client.connect()
      return {
        query: async sql => (await client.query(sql)).rows,
        end: () => void client.end().catch(() => {}),
      }
    },
    fast: 'SIGINT',
    immediate: 'SIGQUIT',
    lockSessions: ['begin', 'lock table mpl_sessions in access exclusive mode'],
    unlock: 'rollback',
    readOnly: on => [
      'set default_transaction_read_only = off',
      `alter system set default_transaction_read_only = ${on ? 'on' : 'off'}`,
      'select pg_reload_conf()',
    ],
    waiting: `select count(*)::int as n from pg_stat_activity
      where application_name = 'miniprogram-login' and wait_event_type = 'Lock'`,
    blocked: `select count(*)::int as n from pg_locks where not granted`,
  },
  MariaDB: {
    program: 'mariadb',
    start: () => startMariadb(['max-connections=10']),
    urlFor: ({ url }) => url.replace('//test:', '//app:'),
    async connect({ url }) {
      const client = await mysql.createConnection(url)
      client.on('error', () => {})
      return {
        query: async sql => (await client.query(sql))[0] as Record<string, unknown>[],
        end: () => client.destroy(),
      }
    },
    fast: 'SIGTERM',
    immediate: 'SIGKILL',
    lockSessions: ['lock tables mpl_sessions write'],
    unlock: 'unlock tables',
    readOnly: on => [`set global read_only = ${on ? 1 : 0}`],
    waiting: `select count(*) as n from information_schema.processlist
      where user = 'app' and state like 'Waiting for table%'`,
    blocked: `select variable_value as n from information_schema.global_status
      where variable_name = 'Innodb_row_lock_current_waits'`,
  },
}
