import { readFileSync } from 'node:fs'
import { parseSync } from '@swc/core'

/** A test as it stands in a file: its title behind those of the groups around it. */
export interface WrittenTest {
  readonly title: string
  /** Whether it, or a group around it, is switched off. */
  readonly isSkipped: boolean
}

interface Group {
  readonly titles: readonly string[]
  readonly isSkipped: boolean
}

interface Call {
  readonly callee: unknown
  readonly arguments: readonly { readonly expression: unknown }[]
}

/** `test`, `test.each(…)`, `test.concurrent.each(…)`, and names such as `testPostgres`. */
const TEST = /^(?:test|it)(?:[A-Z]\w*)?$/
const GROUP = /^describe(?:[A-Z]\w*)?$/
const OFF = /^(?:skip|todo|failing)$/

/** The tests that a TypeScript file writes, without running it. */
export function testsIn(text: string): WrittenTest[] {
  const found: WrittenTest[] = []

  function look(value: unknown, group: Group): void {
    if (Array.isArray(value)) {
      for (const each of value) look(each, group)
    } else if (isCall(value)) {
      lookAtCall(value, group)
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, child] of Object.entries(value)) if (name !== 'span') look(child, group)
    }
  }

  function lookAtCall(call: Call, group: Group): void {
    const names = namesOf(call.callee)
    const [root = ''] = names
    const title = textOf(call.arguments[0]?.expression)
    const isNamed = title !== undefined && call.arguments.length > 1
    const isSkipped = group.isSkipped || names.some(name => OFF.test(name))
    const titles = isNamed ? [...group.titles, title] : group.titles
    if (isNamed && TEST.test(root)) found.push({ title: titles.join(' '), isSkipped })
    const inner = isNamed && GROUP.test(root) ? { titles, isSkipped } : group
    look(call.callee, group)
    look(call.arguments, inner)
  }

  look(parseSync(text, { syntax: 'typescript' }).body, { titles: [], isSkipped: false })
  return found
}

const known = new Map<string, WrittenTest[]>()

/** As `testsIn`. A file is read once, however often it is asked for. */
export function testsInFile(file: string): WrittenTest[] {
  const tests = known.get(file) ?? testsIn(readFileSync(file, 'utf8'))
  known.set(file, tests)
  return tests
}

function isCall(value: unknown): value is Call {
  return (value as { type?: unknown } | null)?.type === 'CallExpression'
}

/** `test.concurrent.each(rows)` => test, concurrent, each */
function namesOf(callee: unknown): string[] {
  const node = callee as { type?: string; value?: string; object?: unknown; property?: unknown }
  if (node?.type === 'Identifier') return [String(node.value)]
  if (node?.type === 'MemberExpression') return [...namesOf(node.object), ...namesOf(node.property)]
  return isCall(callee) ? namesOf(callee.callee) : []
}

/** A text as it is written; what a template puts in is left out. */
function textOf(node: unknown): string | undefined {
  const { type, value, quasis } = (node ?? {}) as {
    type?: string
    value?: string
    quasis?: readonly { raw: string }[]
  }
  if (type === 'StringLiteral') return value
  return type === 'TemplateLiteral' ? quasis?.map(({ raw }) => raw).join('…') : undefined
}
