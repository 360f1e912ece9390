import { readFileSync } from 'node:fs'
import { ConfigError } from '../config/config-error'
import { problemWithDatabaseUrl } from '../config/database-url'
import { withEnvFile } from '../config/env-file'
import type { Environment } from '../config/read-variables'
import { createEvents } from '../events'
import { type Copied, type CopyProblem, CopyRefused, copyStore } from '../store/copy'
import { openStore } from '../store/open'
import { type OpenedTables, openTables } from '../store/open-tables'
import { unusable } from '../store/refusal'
import { type AddCommand, examples, UsageError } from './command'
import { createProgress } from './progress'
import type { Terminal } from './terminal'

interface Options {
  readonly resume?: boolean
  readonly json?: boolean
}

/** `store copy FROM TO`: users and sessions from one database to another. */
export const addStore: AddCommand = (program, { terminal, end }) => {
  const store = program
    .command('store')
    .helpCommand(false)
    .description('把数据搬到另一个数据库 · moves the data to another database')
    .addHelpText('after', examples('miniprogram-login store copy DATABASE_URL NEW_DATABASE_URL'))
  store
    .command('copy')
    .description(
      '把用户与会话从一个数据库复制到另一个（SQLite、PostgreSQL、MySQL），并核对 · copies users and sessions from one database to another (SQLite, PostgreSQL, MySQL), and compares',
    )
    .argument(
      '<from>',
      '变量名，或不含密码的地址 · the name of a variable, or an address without a password',
    )
    .argument('<to>', '同上，须为空 · the same; it must be empty')
    .option('--resume', '继续上次中断的复制 · goes on with a copy that was interrupted')
    .option('--json', 'JSON')
    .addHelpText(
      'after',
      examples(
        '# 先停服务 · stop the service first',
        'read -rs NEW_DATABASE_URL && export NEW_DATABASE_URL   # 含密码的地址不要写在命令里 · keeps the password out of the command',
        'miniprogram-login store copy DATABASE_URL NEW_DATABASE_URL',
        'miniprogram-login store copy sqlite:./data/login.db NEW_DATABASE_URL --resume',
      ),
    )
    .action(async (from: string, to: string, options: Options) => {
      end(await copy({ from, to }, options, terminal))
    })
}

async function copy(
  names: { from: string; to: string },
  { resume = false, json = false }: Options,
  terminal: Terminal,
): Promise<number> {
  const env = withEnvFile('.env', process.env)
  const [from, to] = [addressOf(names.from, env), addressOf(names.to, env)]
  if (from === to) throw new UsageError('两个地址相同 · both are the same database')
  const tablePrefix = env.TABLE_PREFIX?.trim() || undefined
  const source = await openTables(from, { tablePrefix })
  try {
    await makeTables(to, tablePrefix)
    const target = await openTables(to, { tablePrefix })
    const copied = await copyTables({ source, target }, resume, terminal)
      .catch((error: unknown) => Promise.reject(said(error, to)))
      .finally(() => target.close())
    if (json) terminal.print(JSON.stringify(copied))
    terminal.say(wordsOf(copied, env))
    return 0
  } catch (error) {
    if (!(error instanceof CopyRefused)) throw error
    terminal.say(`${REFUSALS[error.problem]} (${error.message})`)
    return 1
  } finally {
    await source.close()
  }
}

/** A database's own text may quote rows. */
function said(error: unknown, to: string): unknown {
  return error instanceof CopyRefused ? error : unusable(to, error)
}

/**
 * The address that a word of the command line means. One with a password is taken from a variable
 * alone: other users of the machine see a command line, and a shell keeps it.
 */
function addressOf(word: string, env: Environment): string {
  const isName = /^[A-Z][A-Z0-9_]*$/.test(word)
  const text = isName ? addressIn(word, env) : word
  if (!isName && URL.canParse(text) && new URL(text).password !== '') {
    throw new UsageError(
      '密码不要写在命令里：把地址放进环境变量，这里写变量名 · keep the password out of the command: put the address into a variable, and name that here',
    )
  }
  const problem =
    text === 'memory:' ? 'is memory:, which ends with its process' : problemWithDatabaseUrl(text)
  if (problem) throw new UsageError(`${isName ? word : 'the address'} ${problem}`)
  return text
}

function addressIn(name: string, env: Environment): string {
  const file = env[`${name}_FILE`]?.trim()
  const text = env[name]?.trim() || (file && readFileSync(file, 'utf8').trim())
  if (text) return text
  if (name === 'DATABASE_URL') return 'sqlite:./data/login.db'
  throw new UsageError(`变量 ${name} 没有设 · the variable ${name} is not set`)
}

/** The target gets the newest schema, as by a start of the service. */
async function makeTables(to: string, tablePrefix: string | undefined): Promise<void> {
  const problems: { name: string; problem: string }[] = []
  const events = createEvents()
  events.listen(event => {
    if (event.type === 'store.lost') problems.push({ name: event.setting, problem: event.reason })
  })
  const log = { info() {}, warn() {}, error() {} }
  const store = await openStore(to, { events, log, tablePrefix })
  await store.close()
  if (problems.length > 0) throw new ConfigError(problems)
}

function copyTables(
  { source, target }: { source: OpenedTables; target: OpenedTables },
  isResumed: boolean,
  terminal: Terminal,
): Promise<Copied> {
  const totals = { table: '', of: 0 }
  const progress = createProgress(terminal, done => `${totals.table}: ${done} / ${totals.of}`)
  return copyStore({
    ...{ from: source, to: target, isResumed, now: Date.now() },
    tell(table, done, of) {
      Object.assign(totals, { table, of })
      progress.tell(done)
    },
  })
}

const REFUSALS: Readonly<Record<CopyProblem, string>> = {
  source_not_current:
    '来源的表不是本版本的：先用本版本启动一次 · the source’s tables are not of this version: start this version on it once',
  target_not_empty:
    '目标不是空的：换一个空库；是中断过的复制就加 --resume · the target is not empty: choose an empty database, or add --resume to go on with a copy',
  target_of_another:
    '目标里是另一个服务的用户，没有改动 · the target holds another service’s users; nothing was changed',
  counts_differ:
    '复制之后行数不同：服务还在运行？停下它，用空库重来 · the counts differ: is the service still running? Stop it, and begin again with an empty database',
  rows_differ:
    '复制之后内容不同：服务还在运行？停下它，用空库重来 · rows differ: is the service still running? Stop it, and begin again with an empty database',
}

function wordsOf({ users, sessions, compared }: Copied, env: Environment): string {
  const hasSecret = env.JWT_SECRET?.trim() || env.JWT_SECRET_FILE?.trim()
  return [
    `已复制：用户 ${users}、会话 ${sessions}；行数相同，核对了 ${compared} 行 · copied: users ${users}, sessions ${sessions}; the counts agree, rows compared: ${compared}`,
    '接下来 next:',
    ...(hasSecret
      ? []
      : [
          '  把 data/development-jwt-secret 的内容设为 JWT_SECRET，否则无人能登录 · set JWT_SECRET to what data/development-jwt-secret holds, or nobody can log in',
        ]),
    '  DATABASE_URL 改为新地址，启动，再运行 doctor · set DATABASE_URL to the new address, start, and run doctor',
  ].join('\n')
}
