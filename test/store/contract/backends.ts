import { available } from '../../support/databases'
import { type Database, sharedDatabase } from '../../support/shared-servers/database'
import { temporaryDatabase } from '../../support/temporary'

/** A store of a kind, empty, in a database of its own. */
export interface Backend {
  url: string
  redisUrl?: string
  remove(): unknown
}

export const BACKENDS: Record<string, () => Promise<Backend> | Backend> = {
  memory: () => ({ url: 'memory:', remove() {} }),
  SQLite: temporaryDatabase,
  ...(available('postgres') && {
    PostgreSQL: () => sharedDatabase('postgres'),
    // Nothing may be kept on a connection then, so the server itself stands for a pooler.
    'PostgreSQL, a schema of its own, as behind a pooler': async () => {
      const { url, remove } = await sharedDatabase('postgres')
      return { url: `${url}?schema=Of-its_own&pgbouncer=true`, remove }
    },
    'PostgreSQL, one connection': () => withOneConnection(sharedDatabase('postgres')),
  }),
  ...(available('mariadb') && {
    MariaDB: () => sharedDatabase('mariadb'),
    'MariaDB, one connection': () => withOneConnection(sharedDatabase('mariadb')),
  }),
  ...(available('redis') && { Redis: redisAndUsers }),
}

/** Whoever needed a second connection while holding the first would wait for ever. */
async function withOneConnection(made: Promise<Database>): Promise<Backend> {
  const { url, remove } = await made
  return { url: `${url}?connection_limit=1`, remove }
}

async function redisAndUsers(): Promise<Backend> {
  const users = temporaryDatabase()
  const redis = await sharedDatabase('redis')
  return { url: users.url, redisUrl: redis.url, remove: users.remove }
}
