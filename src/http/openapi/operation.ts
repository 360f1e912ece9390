import { codeHeaders } from '../request-fields'
import type { Guard, Route } from '../route'
import { answersOf, headerName } from './answers'
import { exampleOf } from './example'
import {
  bilingual,
  isRequired,
  type JsonSchema,
  jsonSchemaOf,
  propertiesOf,
  type Words,
} from './json-schema'
import { openApiPath, operationId } from './openapi-path'
import { type Sample, samplesOf } from './samples'
import { TOPICS, topicOf } from './topics'

/** One method of one path, as OpenAPI has it. The names beginning with `x-` are for pages. */
export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly 'x-summary': Words
  readonly description?: string
  readonly 'x-description'?: Words
  readonly parameters: readonly Parameter[]
  readonly requestBody?: object
  readonly responses: Readonly<Record<string, object>>
  readonly security: readonly object[]
  readonly 'x-codeSamples': readonly Sample[]
}

/** A part of the path, a value of the query, or a header. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

/** Who may call, in the words of `components.securitySchemes`. */
const SECURITY: Readonly<Record<Guard, readonly object[]>> = {
  none: [],
  login: [{ token: [] }, { tokenHeader: [] }, { sessionidHeader: [] }],
  internal: [{ internalToken: [] }, { internalBearer: [] }, { internalBasic: [] }],
}

/** @param method in lower case */
export function operationOf(route: Route, method: string): Operation {
  const { path } = openApiPath(route.path)
  const { summary, request } = route.words
  const body = requestBodyOf(route, method)
  return {
    operationId: operationId(method, path),
    tags: [TOPICS[topicOf(route)].en],
    summary: `${summary.zh} ${summary.en}`,
    'x-summary': summary,
    ...(request && bilingual(request)),
    parameters: parametersOf(route, method),
    ...(body && { requestBody: body }),
    responses: answersOf(route),
    security: route.optionalToken ? [{}, { token: [] }] : (SECURITY[route.guard] ?? []),
    'x-codeSamples': samplesOf(route, method),
  }
}

function parametersOf({ path, request, ...route }: Route, method: string): Parameter[] {
  const { params } = openApiPath(path)
  const known = request.params ? jsonSchemaOf(request.params) : {}
  const fields = new Map(propertiesOf(known))
  // What may stand in the body as well need not stand in the query.
  const isOptional = hasBody(method)
  return [
    ...params.map(name => parameter('path', name, true, fields.get(name) ?? anyRest(name))),
    ...of('query', request.query, name => name, isOptional),
    ...of('header', request.headers, headerName, false),
    ...(takesLoginCode(route) ? of('header', codeHeaders, headerName, true) : []),
  ]
}

/** Whether a login code may stand in the request instead of a token. */
function takesLoginCode({ guard, isForGateways }: Pick<Route, 'guard' | 'isForGateways'>): boolean {
  return guard === 'login' && !isForGateways
}

function of(
  place: 'query' | 'header',
  schema: Parameters<typeof jsonSchemaOf>[0] | undefined,
  nameOf: (name: string) => string,
  isOptional: boolean,
): Parameter[] {
  if (!schema) return []
  const made = jsonSchemaOf(schema)
  return propertiesOf(made).map(([name, field]) =>
    parameter(place, nameOf(name), !isOptional && isRequired(made, name), field),
  )
}

function parameter(
  place: Parameter['in'],
  name: string,
  required: boolean,
  { description, ...schema }: JsonSchema,
): Parameter {
  const words = typeof description === 'string' && { description }
  return { name, in: place, required, ...words, schema }
}

/** A part of the path of which the row says nothing. */
function anyRest(name: string): JsonSchema {
  const words = { zh: '任意路径', en: 'Any path.' }
  return { type: 'string', ...(name === 'rest' && bilingual(words)) }
}

const hasBody = (method: string) => method !== 'get' && method !== 'delete'

function requestBodyOf({ request, body }: Route, method: string): object | undefined {
  if (!hasBody(method) || !request.body || !body) return undefined
  const schema = jsonSchemaOf(request.body)
  const isLoose = body === 'lenient' || request.query !== undefined
  const { required: _required, ...loose } = schema
  const required = !isLoose && schema.required !== undefined
  const example = exampleOf(schema)
  const hasExample = Object.keys(example as object).length > 0
  const content = { schema: isLoose ? loose : schema, ...(hasExample && { example }) }
  return {
    required,
    content: {
      'application/json': content,
      ...(body !== 'json' && { 'application/x-www-form-urlencoded': content }),
    },
  }
}
