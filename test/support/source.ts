import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { type Module, parseSync } from '@swc/core'

/** A node of swc's syntax tree, as far as the checks here look into it. */
interface Node {
  readonly type: string
  readonly [name: string]: unknown
}

/** One TypeScript file. */
export interface Source {
  /** From the folder that was read, such as `wx/client.ts`. */
  readonly path: string
  readonly text: string
  readonly tree: Module
}

/** Every TypeScript file under a folder, in order. */
export function readSources(root: string): Source[] {
  const filesUnder = (folder: string): string[] =>
    readdirSync(folder)
      .sort()
      .flatMap(name => {
        const file = join(folder, name)
        return statSync(file).isDirectory() ? filesUnder(file) : [file]
      })
  return filesUnder(root)
    .filter(file => file.endsWith('.ts'))
    .map(file => parseSource(relative(root, file), readFileSync(file, 'utf8')))
}

export function parseSource(path: string, text: string): Source {
  return { path, text, tree: parseSync(text, { syntax: 'typescript' }) }
}

/** What a file imports, as it is written there: types, `require` and `import()` included. */
export function importsOf({ text }: Source): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*'([^']+)'/g)
  return [...found].map(([, specifier]) => String(specifier))
}

/** The files among `sources` that a file imports. */
export function localImportsOf(source: Source, sources: readonly Source[]): string[] {
  const paths = new Set(sources.map(({ path }) => path))
  return importsOf(source)
    .filter(specifier => specifier.startsWith('.'))
    .map(specifier => {
      const target = normalize(join(dirname(source.path), specifier))
      const found = [`${target}.ts`, join(target, 'index.ts')].find(path => paths.has(path))
      return found ?? target
    })
}

/** Chains of imports that lead back to where they begin; one for each circle that is found. */
export function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  function follow(path: string, trail: readonly string[]): void {
    const at = trail.indexOf(path)
    if (at >= 0) return void circles.push([...trail.slice(at), path].join(' -> '))
    if (done.has(path)) return
    for (const target of imports.get(path) ?? []) follow(target, [...trail, path])
    done.add(path)
  }
  for (const path of imports.keys()) follow(path, [])
  return circles
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

/** Calls `visit` with every node of a syntax tree. */
function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const each of value) walk(each, visit)
  } else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) visit(value)
    for (const [name, child] of Object.entries(value)) if (name !== 'span') walk(child, visit)
  }
}

/** What holds code of its own, as swc names it. Class members keep their function inside. */
const FUNCTIONS = new Set([
  'ArrowFunctionExpression',
  'ClassMethod',
  'Constructor',
  'FunctionDeclaration',
  'FunctionExpression',
  'MethodProperty',
  'PrivateMethod',
])

interface Span {
  readonly start: number
  readonly end: number
}

/** The functions of a file, with the lines that each takes from its first to its last. */
export function functionsIn({ text, tree }: Source): { name: string; lines: number }[] {
  const bytes = Buffer.from(text)
  // swc counts bytes over all files that it ever parsed: a module ends where its last token ends.
  const zero = Math.min(tree.span.start, tree.span.end - Buffer.byteLength(text.trimEnd()))
  const found: { name: string; lines: number }[] = []
  walk(tree.body, node => {
    if (!FUNCTIONS.has(node.type)) return
    const { start, end } = (node.span ?? (node.function as { span: Span }).span) as Span
    const lines = bytes
      .subarray(start - zero, end - zero)
      .toString()
      .split('\n').length
    const named = (node.identifier ?? node.key) as { value?: unknown } | undefined
    found.push({ name: String(named?.value ?? 'anonymous'), lines })
  })
  return found
}

/** Whether a file exports a function or a class, so that there is something to test. */
export function exportsLogic({ tree }: Source): boolean {
  const isFunction = (node: unknown) => isNode(node) && FUNCTIONS.has(node.type)
  return tree.body.some(item => {
    if (item.type !== 'ExportDeclaration') return false
    const { declaration } = item
    if (declaration.type === 'VariableDeclaration') {
      return declaration.declarations.some(({ init }) => isFunction(init))
    }
    return declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration'
  })
}

/**
 * The handlers of rejections whose parameter has no type: TypeScript makes it `any`, and no option
 * of the compiler and no rule of the linter tells.
 */
export function untypedRejections(source: Source): number {
  let found = 0
  walk(source.tree.body, node => {
    if (node.type !== 'CallExpression') return
    const { callee } = node
    if (!isNode(callee) || callee.type !== 'MemberExpression') return
    const method = (callee.property as { value?: unknown }).value
    const place = method === 'catch' ? 0 : method === 'then' ? 1 : undefined
    const given = node.arguments as readonly { expression: Node }[]
    const handler = place === undefined ? undefined : given[place]?.expression
    if (handler?.type !== 'ArrowFunctionExpression') return
    const [parameter] = handler.params as readonly Node[]
    if (parameter && !parameter.typeAnnotation) found++
  })
  return found
}
