import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config/config-error'
import { LoginError } from '../errors'
import { addClient } from './client'
import { type AddCommand, type CommandContext, examples, SEE_HELP, UsageError } from './command'
import { addDev } from './dev'
import { addDoctor } from './doctor'
import { addExplain } from './explain'
import { addInit } from './init'
import { addKeys } from './keys'
import { addScan } from './scan'
import { addSimulator } from './simulator'
import { addStart } from './start'
import { addStore } from './store'
import type { Terminal } from './terminal'
import { addUsers } from './users'

/** In the order in which a newcomer meets them. */
const COMMANDS: readonly AddCommand[] = [
  addInit,
  addDev,
  addStart,
  addSimulator,
  addDoctor,
  addExplain,
  addUsers,
  addKeys,
  addClient,
  addScan,
  addStore,
]

const WRONG_USAGE = 2

/**
 * Runs one command line, without the name of the program. Resolves to the exit code: 0 when all is
 * well, 1 when not, 2 for wrong usage. The commands that serve resolve when they have started.
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const end = (code: number) => {
    exitCode = code
  }
  const program = createProgram({ terminal, end })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
    terminal.say(wordsOf(error))
    return error instanceof UsageError ? WRONG_USAGE : 1
  }
}

/** The program with all its commands. */
export function createProgram(context: CommandContext): Command {
  const program = emptyProgram(context.terminal)
  for (const add of COMMANDS) add(program, context)
  return program
}

function emptyProgram({ print, say }: Terminal): Command {
  return new Command('miniprogram-login')
    .description('微信小程序登录服务 · login service for WeChat mini programs')
    .version(versionOf(), '--version', '版本 · version')
    .helpOption('--help', '帮助 · help')
    .helpCommand(false)
    .enablePositionalOptions()
    .showHelpAfterError(SEE_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: text => print(text.trimEnd()),
      writeErr: text => say(text.trimEnd()),
    })
    .addHelpText(
      'after',
      examples(
        'miniprogram-login init                 # .env，密钥已生成 · .env with a strong secret',
        'miniprogram-login dev                  # 启动；改了 .env 自动重启 · starts, and again when .env changes',
        'miniprogram-login doctor               # 哪里不对、怎么改 · what is wrong, and how to mend it',
        'miniprogram-login explain 40163        # 错误码是什么意思 · what an errcode means',
      ),
    )
}

function versionOf(): string {
  const manifest = readFileSync(join(__dirname, '../../package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

/** What the person hears. Only a fault of ours needs its stack. */
function wordsOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof UsageError) return error.message
  if (error instanceof LoginError) {
    const { error: name, message, message_en } = error.body('')
    const reason = error.reason === undefined ? '' : ` (${error.reason})`
    return `${name}${reason}: ${message} · ${message_en}`
  }
  return error instanceof Error ? String(error.stack) : String(error)
}
