import { existsSync } from 'node:fs'
import { buildLogin } from '../app/app'
import { ConfigError } from '../config/config-error'
import { presentDevSecret } from '../config/dev-secret'
import { withEnvFile } from '../config/env-file'
import { readEnvironment } from '../config/read-environment'
import { secretsOf } from '../config/secrets-of'
import { createLog } from '../log'
import { PATIENCE } from '../patience'
import { SIMULATOR_APP } from '../simulator'
import type { People } from './find-users'
import type { Terminal } from './terminal'

/**
 * The users of the service and what is done with them, on the database of this folder's settings, for as long as `work`
 * takes. Nothing listens, and a server may run beside it. What happens is told on standard error in
 * the lines of the server's own audit.
 *
 * @throws ConfigError with every problem of the settings, or where there is no database yet
 */
export async function withPeople<T>(
  { say }: Terminal,
  work: (people: People) => Promise<T>,
): Promise<T> {
  const {
    login: config,
    server,
    production,
  } = readEnvironment(withEnvFile('.env', process.env), SIMULATOR_APP, presentDevSecret)
  refuseMissing(config.database)
  const secrets = secretsOf(config)
  const log = createLog({ format: server.logFormat, write: say, secrets })
  const common = { isDraining: () => false, isShort: () => false, sharedLimits: false }
  const host = { hooks: {}, property: 'login', isDevelopment: !production }
  const options = { config, log, now: Date.now, patience: PATIENCE, ...common, ...host }
  const { login } = await buildLogin(options)
  try {
    return await work({ users: login.users, appids: [...config.apps.keys()] })
  } finally {
    await login.close()
  }
}

/** Opening a file makes it. Here it would be an empty one, and everybody would seem to be nobody. */
function refuseMissing(database: string): void {
  const problem = problemWith(database)
  if (problem) throw new ConfigError([{ name: 'DATABASE_URL', problem }])
}

function problemWith(database: string): string | undefined {
  if (database === 'memory:') return 'is memory: only the server itself can reach what is there'
  if (!database.startsWith('sqlite:')) return undefined
  const file = database.slice('sqlite:'.length)
  if (existsSync(file)) return undefined
  return `names the file ${file}, which is not there: run this in the server’s folder, or start the server first`
}
