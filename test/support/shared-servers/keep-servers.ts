import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { type DatabaseServer, startMariadb, startPostgres, startRedis } from '../databases'

/** The kinds of servers that all test files of a run share. */
export type Kind = 'postgres' | 'mariadb' | 'redis'

interface SharedServer {
  start(): Promise<DatabaseServer>
  /** Makes an empty database and resolves to its URL. */
  createDatabase(server: DatabaseServer, serial: number): Promise<string> | string
}

const REDIS_DATABASES = 256

/** The URL of another database of the same server. */
function withDatabase(url: string, name: string): string {
  return url.replace(/\/[^/]*$/, `/${name}`)
}

/** No test on a shared server is about what rests on the disk, so no server waits for it. */
const SHARED: Readonly<Record<Kind, SharedServer>> = {
  postgres: {
    start: () => startPostgres(['fsync=off', 'max_connections=200']),
    async createDatabase({ url }, serial) {
      const admin = new pg.Client(url)
      await admin.connect()
      await admin.query(`create database t_${serial}`)
      await admin.end()
      return withDatabase(url, `t_${serial}`)
    },
  },
  mariadb: {
    start: () => startMariadb(['innodb-flush-log-at-trx-commit=0', 'max-connections=200']),
    async createDatabase({ url }, serial) {
      const admin = await mysql.createConnection(url)
      await admin.query(`create database t_${serial}`)
      await admin.end()
      return withDatabase(url, `t_${serial}`)
    },
  },
  redis: {
    start: () => startRedis(['--databases', String(REDIS_DATABASES)]),
    createDatabase({ url }, serial) {
      if (serial >= REDIS_DATABASES) throw new Error('the shared Redis has no database left')
      return `${url}/${serial}`
    },
  },
}

export interface Keeper {
  /** Where test files ask: `GET /postgres` answers with the URL of an empty database. */
  readonly url: string
  /** Stops and removes every server. */
  close(): Promise<void>
}

/** Starts no server yet: the first test file that asks for a kind has it started. */
export async function keepServers(): Promise<Keeper> {
  const started = new Map<Kind, Promise<DatabaseServer>>()
  let serial = 0

  async function createDatabase(kind: Kind): Promise<string> {
    const shared = SHARED[kind]
    if (!shared) throw new Error(`there is no shared server of the kind "${kind}"`)
    const starting = started.get(kind) ?? shared.start()
    started.set(kind, starting)
    return shared.createDatabase(await starting, ++serial)
  }

  const server = createServer((req, res) => {
    createDatabase((req.url ?? '').slice(1) as Kind).then(
      url => res.end(url),
      (error: unknown) => res.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      const servers = await Promise.allSettled(started.values())
      await Promise.all(servers.map(each => each.status === 'fulfilled' && each.value.remove()))
    },
  }
}
