import { available, startMariadb, startPostgres, startRedis } from '../../support/databases'
import { temporaryDatabase } from '../../support/temporary'

/** A store of a kind, empty, on a server of its own where it needs one. */
export interface Backend {
  url: string
  redisUrl?: string
  remove(): unknown
}

export const BACKENDS: Record<string, () => Promise<Backend> | Backend> = {
  memory: () => ({ url: 'memory:', remove() {} }),
  SQLite: temporaryDatabase,
  ...(available('postgres') && {
    PostgreSQL: () => startPostgres(['fsync=off']),
    'PostgreSQL, one connection': () => withOneConnection(startPostgres(['fsync=off'])),
  }),
  ...(available('mariadb') && {
    MariaDB: () => startMariadb(),
    'MariaDB, one connection': () => withOneConnection(startMariadb()),
  }),
  ...(available('redis') && { Redis: redisAndUsers }),
}

/** Whoever needed a second connection while holding the first would wait for ever. */
async function withOneConnection(started: Promise<Backend>): Promise<Backend> {
  const server = await started
  return { url: `${server.url}?connection_limit=1`, remove: () => server.remove() }
}

async function redisAndUsers(): Promise<Backend> {
  const users = temporaryDatabase()
  const redis = await startRedis()
  return {
    url: users.url,
    redisUrl: redis.url,
    async remove() {
      await redis.remove()
      users.remove()
    },
  }
}
