import { readFileSync, statSync } from 'node:fs'
import dotenv from 'dotenv'
import { ConfigError } from './config'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The environment, with what a `.env` file adds to it; what is set already wins.
 *
 * @throws ConfigError when the file is readable by everybody in production, or when an unquoted #
 *   cuts a value short, which dotenv does without a word
 */
export function withEnvFile(file: string, env: Environment): Environment {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return env
    throw new ConfigError([{ name: file, problem: 'cannot be read' }])
  }
  const parsed = dotenv.parse(text)
  const merged = { ...parsed, ...env }
  const problems = cutValues(text).map(name => ({
    name,
    problem: `its value in ${file} holds an unquoted #, which cuts it short; put the value in quotes`,
  }))
  if (merged.NODE_ENV === 'production' && isReadableByAll(file)) {
    problems.push({ name: file, problem: 'can be read by every user of this machine: chmod 600' })
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return merged
}

/** Names whose unquoted value holds a #: what starts a comment has white space before it. */
function cutValues(text: string): string[] {
  const lines = text.matchAll(
    /^\s*(?:export\s+)?([\w.-]+)\s*=(?:#|[^\S\n]*(?!["'`#\s])[^#\n]*[^\s#]#)/gm,
  )
  return [...lines].map(([, name]) => name as string)
}

function isReadableByAll(file: string): boolean {
  return process.platform !== 'win32' && (statSync(file).mode & 0o004) !== 0
}
