import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020'
import type { OpenApi } from '../../src/http/openapi/openapi'

/** An answer that a service gave. */
export interface GivenAnswer {
  readonly method: string
  /** Without its query, and without the path at which the routes are mounted. */
  readonly path: string
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** What an answer was checked against, or what is wrong with it. */
export type Verdict =
  | { readonly operation: string; readonly status: string; readonly error: string | undefined }
  | { readonly problem: string }

interface Described {
  readonly operationId: string
  readonly responses: Readonly<Record<string, Response>>
}
interface Response {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean; schema?: object }>>
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

/**
 * Compares answers with an OpenAPI document. Stricter than the document is to clients: a field that
 * it does not name is a problem, because then the document is not complete.
 */
export function createDocumentCheck(document: OpenApi) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const { schemas, headers: commonHeaders } = document.components
  ajv.addSchema({ $id: 'document', components: closed({ schemas }) })
  const compiled = new Map<object, ValidateFunction>()
  const paths = Object.entries(document.paths).map(([path, operations]) => ({
    // A parameter of this name stands for any number of parts: see openapi-path.ts.
    pattern: new RegExp(`^${path.replace('{rest}', '.*').replace(/\{\w+\}/g, '[^/]+')}/?$`),
    operations: operations as unknown as Readonly<Record<string, Described>>,
  }))

  function problemWith(schema: object, value: unknown): string | undefined {
    const known = compiled.get(schema) ?? ajv.compile(closed(schema) as object)
    compiled.set(schema, known)
    return known(value) ? undefined : ajv.errorsText(known.errors)
  }

  function headerProblem({ headers = {} }: Response, answer: GivenAnswer): string | undefined {
    for (const [name, header] of Object.entries(headers)) {
      const described = '$ref' in header ? commonHeaders?.[name] : header
      const { required, schema } = described as { required?: boolean; schema: object }
      const given = answer.headers[name.toLowerCase()]
      if (given === undefined) {
        if (required !== false) return `has no ${name}`
        continue
      }
      const isNumber = (schema as { type?: string }).type === 'integer'
      const problem = problemWith(schema, isNumber ? Number(given) : given)
      if (problem !== undefined) return `${name}: ${problem}`
    }
    return undefined
  }

  function bodyProblem({ content }: Response, answer: GivenAnswer): string | undefined {
    const type = String(answer.headers['content-type'] ?? '').split(';')[0] as string
    if (!content) return answer.body === '' ? undefined : 'has a body'
    const described = content[type]
    if (!described) return `is of the type ${type || '(none)'}`
    if (answer.method === 'HEAD') return undefined
    return problemWith(
      described.schema,
      type === 'application/json' ? JSON.parse(answer.body) : answer.body,
    )
  }

  /** Undefined for a path that is none of the document's. */
  return (answer: GivenAnswer): Verdict | undefined => {
    // A browser asks before it lets a page of another origin ask: that is no call of a route.
    if (answer.method === 'OPTIONS' && answer.status === 204) return undefined
    const found = paths.find(({ pattern }) => pattern.test(answer.path))
    if (!found) return undefined
    const asked = answer.method === 'HEAD' ? 'get' : answer.method.toLowerCase()
    // A method that the path does not take is refused in the words of the path.
    const described = found.operations[asked] ?? Object.values(found.operations)[0]
    const { operationId, responses } = described as Described
    const status = String(answer.status) in responses ? String(answer.status) : '4XX'
    const where = `${answer.method} ${answer.path} ${answer.status}`
    if (status === '4XX' && !/^4/.test(String(answer.status))) {
      return { problem: `${where} is not in the document` }
    }
    const response = responses[status] as Response
    const problem = headerProblem(response, answer) ?? bodyProblem(response, answer)
    if (problem !== undefined) return { problem: `${where} ${problem}: ${answer.body}` }
    return { operation: operationId, status, error: errorOf(answer) }
  }
}

function errorOf({ status, body }: GivenAnswer): string | undefined {
  if (status < 400 || body === '') return undefined
  const { error, code } = JSON.parse(body)
  return error ?? code
}

/** A schema in which no object has a field that is not named. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const own = Object.fromEntries(Object.entries(schema).map(([key, each]) => [key, closed(each)]))
  if (typeof own.$ref === 'string') own.$ref = `document${own.$ref}`
  const isPlain = own.type === 'object' && 'properties' in own && !('additionalProperties' in own)
  return isPlain ? { ...own, additionalProperties: false } : own
}
