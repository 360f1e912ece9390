import type Mysql from 'mysql2'
import type Pg from 'pg'
import { REDIS_SETTING, type RedisModule } from './redis/link/redis-route'
import { refusal } from './refusal'

// Each `require` has its name and a `try` around it: a bundler then takes the package along where it
// is installed, and does not mind where it is not.

export function loadPg(): typeof Pg {
  try {
    return require('pg')
  } catch (error) {
    throw missing('pg', error)
  }
}

export function loadMysql(): typeof Mysql {
  try {
    return require('mysql2')
  } catch (error) {
    throw missing('mysql2', error)
  }
}

/** @throws ConfigError when the package is not installed */
export function loadRedis(): RedisModule {
  try {
    return require('@redis/client')
  } catch (error) {
    throw missing('@redis/client', error, REDIS_SETTING)
  }
}

/** In a clone the drivers are for the tests, and an install for production leaves them out. */
function missing(name: string, error: unknown, setting?: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') return error
  return refusal(
    `needs the package ${name}: npm install ${name} (in a clone: npm install --no-save --save-prod --omit=dev ${name})`,
    setting,
  )
}
