import { existsSync } from 'node:fs'
import type { Config } from '../../config/config'
import { ConfigError } from '../../config/config-error'
import { PATIENCE, type Patience } from '../../patience'
import { type DatabaseFacts, inspectDatabase } from '../../store/inspect'
import { openDataKey } from '../../token/data-key'
import { createSigningKeys } from '../../token/signing-keys'
import { type Check, fail, ok, warn } from './check'

/** Whether the service can work with the database. Nothing there is changed. */
export async function checkDatabase(
  config: Config,
  patience: Patience = PATIENCE,
): Promise<Check[]> {
  const { database, tablePrefix } = config
  if (database === 'memory:') {
    return [
      warn(
        'database',
        'memory:：重启即全部退出 · a restart logs everybody out',
        '设 DATABASE_URL · set DATABASE_URL',
      ),
    ]
  }
  const file = database.startsWith('sqlite:') ? database.slice('sqlite:'.length) : undefined
  if (file !== undefined && !existsSync(file)) {
    return [ok('database', `${file}: 首次启动时新建 · the first start makes it`)]
  }
  try {
    const facts = await inspectDatabase(database, { tablePrefix, patience })
    return [...conditionOf(facts), schemaOf(facts), ...dataKeyOf(facts, config)]
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ problem }) => {
      const at = problem.indexOf(': ')
      const [found, fix] =
        at < 0 ? [problem, EXPLAIN] : [problem.slice(0, at), problem.slice(at + 2)]
      return fail('database', found, fix)
    })
  }
}

const EXPLAIN = '见 docs/operations.md · see docs/operations.md'

function conditionOf(facts: DatabaseFacts): Check[] {
  const { dialect, version, isEncrypted, isReadOnly, damage } = facts
  const wire = isEncrypted === undefined ? '' : isEncrypted ? ', TLS' : '，没有 TLS · no TLS'
  const found = `${dialect} ${version}${wire}`
  if (damage !== undefined) {
    return [
      fail(
        'database',
        `${found}: 文件损坏 · the file is damaged`,
        '停服务，移开文件与 -wal、-shm，放回备份再启动；没有备份：sqlite3 旧 .recover | sqlite3 新 · stop the service, put a backup in its place; without one: sqlite3 <damaged> .recover | sqlite3 <new>',
      ),
    ]
  }
  if (!isReadOnly) return [ok('database', found)]
  return [
    fail(
      'database',
      `${found}: 只读 · takes no writes`,
      'DATABASE_URL 指向主库 · let DATABASE_URL name the primary',
    ),
  ]
}

function schemaOf({ schema, mayCreate }: DatabaseFacts): Check {
  const { isThere, foreign, missing, newer } = schema
  if (foreign !== undefined) {
    return fail(
      'schema',
      `表 ${foreign} 不是本服务的 · the table ${foreign} is somebody else's`,
      '换一个 TABLE_PREFIX · set another TABLE_PREFIX',
    )
  }
  if (missing.length > 0 && mayCreate === false) {
    return fail(
      'schema',
      `要建表而没有权限（差 ${missing.length} 步）· tables must be made, and the user may not (${missing.length} steps)`,
      'GRANT CREATE ON SCHEMA … TO …',
    )
  }
  if (!isThere) return ok('schema', '下次启动时建表 · the next start makes the tables')
  if (missing.length > 0) {
    return ok(
      'schema',
      `下次启动时升级 ${missing.length} 步 · the next start takes ${missing.length} steps`,
    )
  }
  if (newer.length === 0) return ok('schema', '是最新的 · up to date')
  return warn(
    'schema',
    `有更新版本的 ${newer.length} 步 · ${newer.length} steps of a newer version`,
    '更新本服务 · update this service',
  )
}

function dataKeyOf(
  { schema, sealedDataKey, hasUsers }: DatabaseFacts,
  { jwtSecret, jwtSecretPrevious }: Config,
): Check[] {
  if (schema.missing.length > 0 || (sealedDataKey === undefined && !hasUsers)) return []
  const fix =
    '把之前的密钥放进 JWT_SECRET_PREVIOUS，或恢复备份；见 docs/key-rotation.md · put the secret before this one into JWT_SECRET_PREVIOUS, or restore a backup; see docs/key-rotation.md'
  if (sealedDataKey === undefined) {
    return [fail('data_key', '不见了，而有用户 · it is gone, and there are users', fix)]
  }
  const opened = openDataKey(createSigningKeys(jwtSecret, jwtSecretPrevious), sealedDataKey)
  if (opened) return [ok('data_key', 'JWT_SECRET 打得开 · JWT_SECRET opens it')]
  return [
    fail(
      'data_key',
      'JWT_SECRET 打不开它：登录会是 500 · JWT_SECRET does not open it: logins will be 500',
      fix,
    ),
  ]
}
