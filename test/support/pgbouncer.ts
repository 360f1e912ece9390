import { chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type DatabaseServer,
  freePort,
  PROGRAMS,
  postgresUser,
  server,
  versionOf,
} from './databases'
import { temporaryFolder } from './temporary'

/** PgBouncer on loopback before a PostgreSQL server. Its `url` names the same database. */
export async function startPgbouncer(
  behindIt: DatabaseServer,
  settings: Readonly<Record<string, string>> = {},
): Promise<DatabaseServer> {
  const command = String(PROGRAMS.pgbouncer)
  const folder = temporaryFolder()
  const user = postgresUser()
  if (user.uid !== undefined) chownSync(folder.path, user.uid, Number(user.gid))
  const { port: serverPort } = new URL(behindIt.url)
  const port = await freePort()
  const file = join(folder.path, 'pgbouncer.ini')
  const lines = Object.entries({
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: 'transaction',
    ...settings,
  }).map(([name, value]) => `${name} = ${value}`)
  writeFileSync(
    file,
    `[databases]
postgres = host=127.0.0.1 port=${serverPort} user=test
[pgbouncer]
${lines.join('\n')}
`,
  )
  const pgbouncer = server({ command, args: [file], port, ...user }, folder, {
    url: `postgres://test@127.0.0.1:${port}/postgres`,
    version: versionOf(command).split('\n')[0] as string,
  })
  await pgbouncer.start()
  return pgbouncer
}
