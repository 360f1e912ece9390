import type { Command } from 'commander'
import type { User } from '../login/proven-users'
import type { UserPage } from '../login/user-page'
import type { Users } from '../login/users'
import {
  type AddCommand,
  type CommandContext,
  examples,
  UsageError,
  unknownOption,
} from './command'
import {
  checkWhom,
  idsOf,
  isSearch,
  type People,
  search,
  type Whom,
  withSearch,
} from './find-users'
import { createProgress } from './progress'
import { asLines, asRow, shownSession, shownUser } from './shown-users'
import type { Terminal } from './terminal'
import { withPeople } from './with-people'

interface Options extends Whom {
  readonly json?: boolean
  readonly yes?: boolean
  readonly reason?: string
}

/** `users …`: looks users up and changes them, beside a running server too. */
export const addUsers: AddCommand = (program, context) => {
  const users = program
    .command('users')
    .helpCommand(false)
    .description('查找、停用、导出、抹除用户 · looks users up, disables, exports, erases them')
    .addHelpText(
      'after',
      examples(
        'miniprogram-login users list',
        'miniprogram-login users show --phone 13800000000',
        'miniprogram-login users sessions <id>',
        'miniprogram-login users disable <id> --reason "账号被盗 stolen phone"',
        'miniprogram-login users logout --openid <openid> --appid <appid>',
        'miniprogram-login users export <id> > person.json',
        'miniprogram-login users erase --unionid <unionid> --yes',
      ),
    )
  addList(users, context)
  addLookUps(users, context)
  addChanges(users, context)
}

function addList(users: Command, { terminal, end }: CommandContext): void {
  withSearch(users.command('list'))
    .description('所有用户，或找到的 · all users, or those that are found')
    .option('--json', 'JSON')
    .addHelpText('after', ofUsers('list', 'list --json > users.json'))
    .action(async (options: Options) => {
      if (isSearch(options)) checkWhom([], options)
      end(await withPeople(terminal, people => list(people, options, terminal)))
    })
}

/** What people type of `users`. */
function ofUsers(...lines: readonly string[]): string {
  return examples(...lines.map(line => `miniprogram-login users ${line}`))
}

async function list(people: People, options: Options, terminal: Terminal): Promise<number> {
  const { print, say } = terminal
  const isOfSome = isSearch(options)
  const pages = isOfSome ? [await search(people, options)] : everyPage(people.users)
  let count = 0
  if (options.json) print('{"users":[')
  for await (const page of pages) {
    for (const user of page) {
      const comma = count++ > 0 ? ',' : ''
      print(options.json ? `${comma}${JSON.stringify(shownUser(user))}` : asRow(user))
    }
  }
  if (options.json) print(']}')
  say(`${count} 个用户 · ${count} ${count === 1 ? 'user' : 'users'}`)
  return isOfSome && count === 0 ? 1 : 0
}

async function* everyPage(users: Users): AsyncGenerator<readonly User[]> {
  for (let after: string | null = ''; after !== null; ) {
    const page: UserPage = await users.list({ after })
    yield page.users
    after = page.next
  }
}

function addLookUps(users: Command, context: CommandContext): void {
  aboutSomebody(
    users,
    'show',
    '用户的全部资料 · what is known of a user',
    context,
    lookUp,
  ).addHelpText(
    'after',
    ofUsers('show <id>', 'show --phone 13800000000', 'show --openid <openid> --json'),
  )
  aboutSomebody(
    users,
    'sessions',
    '进行中的会话 · sessions that run',
    context,
    listSessions,
  ).addHelpText('after', ofUsers('sessions <id>'))
  aboutSomebody(
    users,
    'export',
    '此人的全部数据，JSON；没有 session_key · all that is kept of the person, as JSON, without the session_key',
    context,
    exportAll,
  ).addHelpText(
    'after',
    ofUsers(
      'export <id> > person.json',
      'export --unionid <unionid> > person.json   # 此人在各小程序里的 · in each mini program',
    ),
  )
}

/** Where the audit of a change goes, which is told on standard error. */
const KEEP = '2>> audit.log'

function addChanges(users: Command, context: CommandContext): void {
  const change = (name: string, words: string, done: string, act: Change) =>
    aboutSomebody(users, name, words, context, work => changeAll(work, done, act))
  change('logout', '结束全部会话 · ends all sessions', 'logged out', (all, id) =>
    all.logOut(id),
  ).addHelpText('after', ofUsers('logout <id>', 'logout --openid <openid> --appid <appid>'))
  change(
    'disable',
    '结束全部会话，并拒绝登录 · ends all sessions and refuses logins',
    'disabled',
    (all, id, { reason }) => all.disable(id, reason),
  )
    .option(
      '--reason <text>',
      '原因，给管理员看，至多 200 字 · why, for the operator, up to 200 characters',
    )
    .addHelpText('after', ofUsers(`disable <id> --reason "手机被盗 stolen phone" ${KEEP}`))
  change('enable', '恢复 · undoes disable', 'enabled', (all, id) => all.enable(id)).addHelpText(
    'after',
    ofUsers(`enable <id> ${KEEP}`),
  )
  aboutSomebody(
    users,
    'erase',
    '抹除此人的一切并结束全部会话，不可恢复 · removes all that is kept of the person, for ever',
    context,
    eraseAll,
  )
    .option('--yes', '不询问；没有终端时必须 · asks nothing; needed without a terminal')
    .addHelpText(
      'after',
      ofUsers(
        'erase <id>',
        `erase --unionid <unionid> --yes ${KEEP}   # 整个人 · the whole person`,
      ),
    )
}

interface Work {
  readonly people: People
  readonly ids: readonly string[]
  readonly options: Options
  readonly terminal: Terminal
}

type Change = (users: Users, id: string, options: Options) => Promise<boolean>

/** A command about users who are named by their ids, or searched for. Nobody found is exit code 1. */
function aboutSomebody(
  users: Command,
  name: string,
  words: string,
  { terminal, end }: CommandContext,
  act: (work: Work) => Promise<number>,
): Command {
  const command = users
    .command(name)
    .description(words)
    .argument('[id...]', '用户 id · user ids')
    // An id is random and may begin with a hyphen.
    .allowUnknownOption()
  return withSearch(command)
    .option('--json', 'JSON')
    .action(async (given: string[], options: Options) => {
      refuseOptions(given)
      checkWhom(given, options)
      checkConsent(name, options, terminal)
      const code = await withPeople(terminal, async people => {
        const ids = await idsOf(people, given, options)
        if (ids.length > 0) return act({ people, ids, options, terminal })
        terminal.say('没有这个用户 · nobody found')
        return 1
      })
      end(code)
    })
}

const ID = /^[\w-]{22}$/

function refuseOptions(ids: readonly string[]): void {
  const unknown = ids.find(id => id.startsWith('-') && !ID.test(id))
  if (unknown !== undefined) throw unknownOption(unknown)
}

function checkConsent(name: string, { yes }: Options, { isInteractive }: Terminal): void {
  if (name !== 'erase' || yes || isInteractive) return
  throw new UsageError('没有终端可问：加 --yes · there is no terminal to ask: add --yes')
}

async function lookUp({ people, ids, options, terminal }: Work): Promise<number> {
  const found = await Promise.all(ids.map(id => people.users.byId(id)))
  const shown = found.flatMap(user => (user ? [shownUser(user)] : []))
  if (options.json) terminal.print(JSON.stringify({ users: shown }, null, 2))
  else if (shown.length > 0) terminal.print(shown.map(asLines).join('\n\n'))
  return sayMissing(ids.length - shown.length, terminal)
}

async function listSessions({ people, ids, options, terminal }: Work): Promise<number> {
  let missing = 0
  const rows: { user_id: string; id: string; created_at: string; expires_at: string }[] = []
  for (const id of ids) {
    if (!(await people.users.byId(id))) missing++
    const sessions = await people.users.sessions(id)
    rows.push(...sessions.map(session => ({ user_id: id, ...shownSession(session) })))
  }
  if (options.json) terminal.print(JSON.stringify({ sessions: rows }, null, 2))
  else for (const row of rows) terminal.print(Object.values(row).join('  '))
  if (rows.length === 0) terminal.say('没有进行中的会话 · no session runs')
  return sayMissing(missing, terminal)
}

async function exportAll({ people, ids, terminal }: Work): Promise<number> {
  const all = []
  for (const id of ids) {
    const found = await people.users.export(id)
    if (!found) continue
    all.push({ user: shownUser(found.user), sessions: found.sessions.map(shownSession) })
  }
  terminal.print(JSON.stringify({ users: all }, null, 2))
  return sayMissing(ids.length - all.length, terminal)
}

async function changeAll(work: Work, done: string, act: Change): Promise<number> {
  const { people, ids, options, terminal } = work
  const changed: { id: string; done: boolean }[] = []
  const progress = createProgress(terminal, count => `${done}: ${count} / ${ids.length}`)
  for (const id of ids) {
    changed.push({ id, done: await act(people.users, id, options).catch(asUsage) })
    progress.tell(changed.length)
  }
  progress.end(changed.length)
  if (options.json) terminal.print(JSON.stringify({ changed }, null, 2))
  else for (const each of changed) if (each.done) terminal.print(`${each.id}  ${done}`)
  return sayMissing(changed.filter(each => !each.done).length, terminal)
}

/** A reason that cannot be kept is the fault of who typed it. */
function asUsage(error: unknown): never {
  throw error instanceof TypeError ? new UsageError(error.message) : error
}

async function eraseAll(work: Work): Promise<number> {
  const { people, ids, options, terminal } = work
  if (!options.yes) {
    for (const id of ids) {
      const user = await people.users.byId(id)
      terminal.say(user ? asRow(user) : id)
    }
    const answer = await terminal.ask(
      `抹除以上 ${ids.length} 个用户，不可恢复；输入 erase 确认 · type erase to erase them for ever: `,
    )
    if (answer !== 'erase') {
      terminal.say('没有改动 · nothing was changed')
      return 1
    }
  }
  return changeAll(work, 'erased', (users, id) => users.erase(id))
}

function sayMissing(count: number, { say }: Terminal): number {
  if (count === 0) return 0
  say(`有 ${count} 个没有找到 · nobody found for ${count}`)
  return 1
}
