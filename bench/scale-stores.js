const { join } = require('node:path')
const { startDatabase, startRedis } = require('./databases')
const { fillPostgres, fillRedis, fillSqlite } = require('./fill-store')

/**
 * The stores of `scale.js`. `cached` is how many sessions one process remembers. `open` starts
 * what is needed, and answers what one instance of ours is told for its own share of the store, how
 * that share is filled, and the process of the store where it is not ours.
 */
const STORES = [
  {
    name: 'sqlite',
    title: 'SQLite',
    cached: 8192,
    async open({ folder }) {
      return {
        settingsOf: () => ({}),
        fill: (name, sessions) => fillSqlite(join(folder, `${name}.db`), sessions),
      }
    },
  },
  {
    name: 'postgres',
    title: 'PostgreSQL',
    cached: 0,
    needs: 'postgres',
    async open({ atEnd }) {
      const database = await startDatabase('postgres')
      atEnd(() => database.remove())
      const schemaOf = name => name.replaceAll('-', '_')
      return {
        settingsOf: name => ({ DATABASE_URL: `${database.url}?schema=${schemaOf(name)}` }),
        fill: (name, sessions) => fillPostgres(database.url, schemaOf(name), sessions),
        storePid: database.process().pid,
      }
    },
  },
  {
    name: 'redis',
    title: 'Redis',
    cached: 100_000,
    needs: 'redis',
    async open({ atEnd }) {
      // Without an append-only file: a check writes nothing, and the copies would only fill a disk.
      const redis = await startRedis(['--save', '', '--hash-max-listpack-value', '512'])
      atEnd(() => redis.remove())
      const prefixOf = name => `${name}:`
      return {
        settingsOf: name => ({ REDIS_URL: redis.url, REDIS_PREFIX: prefixOf(name) }),
        fill: (name, sessions) => fillRedis(redis.url, prefixOf(name), sessions),
        storePid: redis.process().pid,
      }
    },
  },
]

module.exports = { STORES }
