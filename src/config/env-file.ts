import { readFileSync, statSync } from 'node:fs'
import dotenv from 'dotenv'
import { ConfigError, type ConfigProblem } from './config-error'
import { problemWithBytes, problemWithText } from './text-of-bytes'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The environment and what a `.env` file adds to it. A variable that is set already keeps its value.
 *
 * @throws ConfigError for all that dotenv would drop in silence: a file that is not UTF-8, a line that
 *   is not NAME=value, a value that an unquoted # cuts short; and when production's file can be read
 *   by everybody
 */
export function withEnvFile(file: string, env: Environment): Environment {
  const text = textOf(file)
  if (text === undefined) return env
  const parsed = dotenv.parse(text)
  const merged = { ...parsed, ...env }
  const problems = [
    ...problemsWithLines(file, text),
    ...Object.entries(parsed).flatMap(([name, value]) => {
      const problem = problemWithText(value)
      return problem ? [{ name, problem: `its value in ${file} ${problem}` }] : []
    }),
  ]
  if (merged.NODE_ENV === 'production' && isReadableByAll(file)) {
    problems.push({ name: file, problem: 'can be read by every user of this machine: chmod 600' })
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return merged
}

/** The file's text, or undefined where there is no file. */
function textOf(file: string): string | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ConfigError([{ name: file, problem: 'cannot be read' }])
  }
  const problem = problemWithBytes(bytes)
  if (problem) throw new ConfigError([{ name: file, problem }])
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}

function problemsWithLines(file: string, text: string): ConfigProblem[] {
  const cut = cutValues(text).map(name => ({
    name,
    problem: `its value in ${file} holds an unquoted #, which cuts it short; put the value in quotes`,
  }))
  const [first, ...more] = unreadableLines(text)
  if (first === undefined) return cut
  const which = more.length === 0 ? `line ${first}` : `line ${first} and ${more.length} more`
  return [{ name: file, problem: `${which} cannot be read: must be NAME=value` }, ...cut]
}

/** A name and its value, which may have several lines in quotes. */
const ASSIGNMENT =
  /^[^\S\n]*(?:export\s+)?[\w.-]+(?:[^\S\n]*=|:[^\S\n])[^\S\n]*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)?[^\n]*/gm

const LINE = new RegExp(`(?<![^\\n])(?:${ASSIGNMENT.source}|[^\\n]*)`, 'gm')

/** The lines of a `.env`. One that sets a value over several lines in quotes is one of them. */
export function linesOf(text: string): string[] {
  return [...text.matchAll(LINE)].map(([line]) => line)
}

/** Numbers of the lines that are neither a setting, nor a comment, nor empty. */
function unreadableLines(text: string): number[] {
  const lines = text.replace(/\r\n?/g, '\n')
  const rest = lines.replace(ASSIGNMENT, assignment => assignment.replace(/[^\n]+/g, ''))
  return rest.split('\n').flatMap((line, index) => (/^\s*(#|$)/.test(line) ? [] : [index + 1]))
}

/** Names whose unquoted value holds a #. A # that starts a comment has white space before it. */
function cutValues(text: string): string[] {
  const lines = text.matchAll(
    /^\s*(?:export\s+)?([\w.-]+)\s*=(?:#|[^\S\n]*(?!["'`#\s])[^#\n]*[^\s#]#)/gm,
  )
  return [...lines].map(([, name]) => name as string)
}

function isReadableByAll(file: string): boolean {
  return process.platform !== 'win32' && (statSync(file).mode & 0o004) !== 0
}
