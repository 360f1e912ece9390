import type { Command } from 'commander'
import type { Terminal } from './terminal'

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal
  /** The exit code of the process: 0 only when all is well. */
  end(exitCode: number): void
}

/** Puts one command into the program. */
export type AddCommand = (program: Command, context: CommandContext) => void

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Where a person whom a usage error stopped reads on. */
export const SEE_HELP = '--help 有例子 · see --help for examples'

/** For a command that takes words which look like options, so that commander refuses none. */
export function unknownOption(option: string): UsageError {
  return new UsageError(`error: unknown option '${option}'\n${SEE_HELP}`)
}

/** Lines below a command's help: what people type. */
export function examples(...lines: readonly string[]): string {
  return ['', '例 / examples:', ...lines.map(line => `  ${line}`)].join('\n')
}
