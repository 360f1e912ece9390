import { readFileSync } from 'node:fs'
import type { Report } from './check-values'
import type { Option, OptionTable } from './option'
import { problemWithBytes, problemWithText } from './text-of-bytes'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The values of a table's options, as the environment gives them: each secret also from the file
 * that `NAME_FILE` names. White space around a value is dropped; an empty variable counts as unset.
 */
export function readVariables(
  table: OptionTable,
  env: Environment,
  report: Report,
): Record<string, unknown> {
  const values = Object.entries(table).flatMap(([name, option]) => {
    const text = textOf(option, env, report)
    return text === undefined ? [] : [[name, option.parse ? option.parse(text) : text] as const]
  })
  return Object.fromEntries(values)
}

function textOf({ env: name, secret }: Option, env: Environment, report: Report) {
  if (name === undefined) return undefined
  const text = env[name]?.trim() || undefined
  if (text !== undefined && isQuoted(text)) {
    report(name, `${QUOTED} (docker --env-file does not take them off)`)
    return undefined
  }
  const file = secret && env[`${name}_FILE`]?.trim()
  if (!file) return text
  if (text === undefined) return fileText(name, file, report)
  report(name, `is set twice, as ${name} and as ${name}_FILE; keep one`)
  return undefined
}

function fileText(name: string, file: string, report: Report): string | undefined {
  try {
    const bytes = readFileSync(file)
    const text = bytes.toString('utf8').trim()
    const problem = problemWithBytes(bytes) ?? problemWithText(text)
    if (problem) report(`${name}_FILE`, `its file ${problem}`)
    else if (text === '') report(`${name}_FILE`, 'names an empty file: write the secret into it')
    else if (isQuoted(text)) report(`${name}_FILE`, `its file holds a value that ${QUOTED}`)
    else return text
  } catch (error) {
    report(`${name}_FILE`, `cannot be read (${causeOf(error)})`)
  }
  return undefined
}

/** Node's code of a file that cannot be read, and what to do about it. */
function causeOf(error: unknown): string {
  const { code = 'unknown' } = error as NodeJS.ErrnoException
  const fix = FIXES[code]
  return fix ? `${code}: ${fix}` : code
}

const FIXES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file: correct the path, or mount the file',
  EACCES: 'the service’s user may not read it: give the file to that user',
  EISDIR: 'it is a folder: name the file in it',
}

const QUOTED = 'is in quotes, which would be a part of it: leave them out'

/** No value of ours begins and ends with a quote. Those of a `.env` file are off by now. */
function isQuoted(text: string): boolean {
  return /^(["'`]).*\1$/s.test(text)
}
