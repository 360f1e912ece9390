import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { ServerConfig } from '../../config/read-environment'
import type { Environment } from '../../config/read-variables'
import { SECRET_VARIABLES } from '../../config/variables'
import { type Check, fail, ok, warn } from './check'

const MIB = 1024 * 1024
/** Below this a login may find a full disk at any moment. */
const LITTLE_MIB = 100
const NOTHING_MIB = 10

/** Who can read the files of secrets, and whether the database's folder takes what it must. */
export function checkFiles(file: string, env: Environment, config: ServerConfig): Check[] {
  const secrets = SECRET_VARIABLES.flatMap(name => env[`${name}_FILE`]?.trim() || [])
  const rights = [file, ...secrets].filter(existsSync).map(each => checkRights(each, config))
  return [...rights, ...checkSqlite(config)]
}

function checkRights(file: string, { production }: ServerConfig): Check {
  const mode = (statSync(file).mode & 0o777).toString(8)
  const isOpen = process.platform !== 'win32' && (statSync(file).mode & 0o007) !== 0
  if (!isOpen) return ok('files', `${file}: ${mode}`)
  const found = `${file}: ${mode}，本机人人可读 · every user of this machine can read it`
  return (production ? fail : warn)('files', found, `chmod 600 ${file}`)
}

function checkSqlite({ login: { database } }: ServerConfig): Check[] {
  if (!database.startsWith('sqlite:')) return []
  const file = resolve(database.slice('sqlite:'.length))
  const folder = nearestFolder(file)
  if (!statSync(folder).isDirectory()) {
    const found = `${folder}: 不是目录 · is no folder`
    return [fail('disk', found, '改 DATABASE_URL · change DATABASE_URL')]
  }
  if (!mayWrite(folder) || (existsSync(file) && !mayWrite(file))) {
    return [
      fail(
        'disk',
        `${existsSync(file) ? file : folder}: 不可写 · cannot be written by this user`,
        `chown，或以服务的用户运行本命令 · chown it, or run this as the service's user`,
      ),
    ]
  }
  const { bavail, bsize } = statfsSync(folder)
  const rights = existsSync(file) ? [checkDataRights(file)] : []
  return [...rights, checkSpace(folder, Math.floor((bavail * bsize) / MIB))]
}

function checkDataRights(file: string): Check {
  const { mode } = statSync(file)
  const isOpen = process.platform !== 'win32' && (mode & 0o007) !== 0
  const found = `${file}: ${(mode & 0o777).toString(8)}`
  if (!isOpen) return ok('files', found)
  return warn(
    'files',
    `${found}，openid 与手机号人人可读 · everybody can read openids and phone numbers`,
    `chmod 600 ${file}`,
  )
}

/** @param free what is left there, in MiB */
export function checkSpace(folder: string, free: number): Check {
  const found = `${folder}: ${free} MiB 可用 · free`
  const fix =
    '腾出空间：磁盘满时登录与退出都是 503 · make room: on a full disk logins and log-outs are 503'
  if (free < NOTHING_MIB) return fail('disk', found, fix)
  return free < LITTLE_MIB ? warn('disk', found, fix) : ok('disk', found)
}

function nearestFolder(file: string): string {
  const folder = dirname(file)
  return existsSync(folder) ? folder : nearestFolder(folder)
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
