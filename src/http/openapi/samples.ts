import type { RequestSchema } from '../endpoint'
import type { Route } from '../route'
import { exampleOf } from './example'
import { alternativesOf, type JsonSchema, jsonSchemaOf, propertiesOf } from './json-schema'
import { OF_MINI_PROGRAMS, topicOf } from './topics'

/** The address of the service in samples. */
export const SAMPLE_BASE = 'https://api.example.com'

/** One way to call an operation, in the words of the `x-codeSamples` that most tools show. */
export interface Sample {
  readonly lang: 'curl' | 'wx.request' | 'SDK'
  readonly source: string
}

/** What a sample sends: made of the examples that the fields have. */
interface Call {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** The same fields, each as JavaScript. */
  readonly data: readonly string[]
}

/** How one calls an operation: `method` in lower case, as in an OpenAPI document. */
export function samplesOf(route: Route, method: string): readonly Sample[] {
  const call = callOf(route, method)
  const isForPhones = OF_MINI_PROGRAMS.includes(topicOf(route))
  return [
    { lang: 'curl', source: curlOf(route, call) },
    ...(isForPhones ? [{ lang: 'wx.request', source: wxRequestOf(route, call) } as const] : []),
    ...(isForPhones && !route.aliasOf
      ? [{ lang: 'SDK', source: route.sdk ?? sdkRequestOf(call) } as const]
      : []),
  ]
}

function callOf(route: Route, method: string): Call {
  const { params } = route.request
  // A token goes into its header, and then nowhere else.
  const { query, body }: RequestSchema = route.optionalToken ? {} : route.request
  const hasBody = method !== 'get' && method !== 'delete'
  const bodySchema = hasBody && route.body && body ? jsonSchemaOf(body) : {}
  const inQuery = query && !hasBody ? Object.entries(valuesOf(jsonSchemaOf(query))) : []
  const inPath = params ? valuesOf(jsonSchemaOf(params)) : {}
  const path = route.path.replace(/[:*](\w*)/g, (_sign, name: string) =>
    String(inPath[name] ?? 'orders'),
  )
  const search = inQuery.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return {
    method: method.toUpperCase(),
    path: `${path.replace(/[{}]/g, '')}${search.length > 0 ? `?${search.join('&')}` : ''}`,
    body: valuesOf(bodySchema),
    data: propertiesOf(bodySchema).flatMap(([name, field]) => dataOf(name, field)),
  }
}

/** The fields that an example shows. */
function valuesOf(schema: JsonSchema): Readonly<Record<string, unknown>> {
  return schema.type === 'object' && !alternativesOf(schema)
    ? (exampleOf(schema) as Record<string, unknown>)
    : {}
}

function dataOf(name: string, field: JsonSchema): string[] {
  const fromPhone = field['x-mini-program']
  if (typeof fromPhone === 'string') return [`${name}: ${fromPhone}`]
  const [example] = (field.examples ?? []) as readonly unknown[]
  return example === undefined ? [] : [`${name}: ${literal(example)}`]
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
}

function takesToken({ guard, optionalToken }: Route): boolean {
  return guard === 'login' || optionalToken === true
}

function curlOf(route: Route, { method, path, body }: Call): string {
  const data = Object.keys(body).length > 0 ? JSON.stringify(body) : undefined
  const isImplied = method === 'GET' || (method === 'POST' && data !== undefined)
  return [
    `curl -s ${isImplied ? '' : `-X ${method} `}'${SAMPLE_BASE}${path}'`,
    ...(takesToken(route) ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(route.guard === 'internal' ? ['-H "X-Internal-Token: $INTERNAL_TOKEN"'] : []),
    ...(data === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d '${data}'`]),
  ].join(' \\\n  ')
}

function wxRequestOf(route: Route, { method, path, data }: Call): string {
  return [
    'wx.request({',
    `  url: '${SAMPLE_BASE}${path}',`,
    ...(method === 'GET' ? [] : [`  method: '${method}',`]),
    ...(takesToken(route)
      ? [`  header: { Authorization: \`Bearer \${wx.getStorageSync('token')}\` },`]
      : []),
    ...(data.length > 0 ? [`  data: { ${data.join(', ')} },`] : []),
    '  success: ({ statusCode, data }) => console.log(statusCode, data),',
    '})',
  ].join('\n')
}

function sdkRequestOf({ method, path, data }: Call): string {
  const fields = [
    `url: '${path}'`,
    ...(method === 'GET' ? [] : [`method: '${method}'`]),
    ...(data.length > 0 ? [`data: { ${data.join(', ')} }`] : []),
  ]
  return `const { statusCode, data } = await login.request({ ${fields.join(', ')} })`
}
