import { STATUS_CODES } from 'node:http'
import { ERRORS, type ErrorCode, LoginError } from '../../errors'
import { authFailure } from '../error-answer'
import { errorsOf, type Route } from '../route'
import { exampleOf } from './example'
import { bilingual, type JsonSchema, jsonSchemaOf, propertiesOf } from './json-schema'

const JSON_TYPE = 'application/json'

/** Stands for the id of a request in examples. */
const REQUEST_ID = '3f0c2a9e-6b1d-4f5a-9c1b-2e7d8a4b6c0f'

/** Headers of every answer, by the names of `components.headers`. */
export const COMMON_HEADERS = {
  'X-Request-Id': {
    ...bilingual({
      zh: '这次请求的名字，服务器日志里也有',
      en: 'The name of the request. The log of the server has it, too.',
    }),
    schema: { type: 'string' },
  },
  'Cache-Control': {
    ...bilingual({ zh: '不得缓存', en: 'Nothing may be cached.' }),
    schema: { type: 'string' },
  },
} as const

/** What any route may answer to a request that is not for it, or that HTTP itself refuses. */
const GENERAL: readonly ErrorCode[] = [
  'invalid_request',
  'not_found',
  'method_not_allowed',
  'request_timeout',
  'headers_too_large',
]

/** What an operation answers, by status; `4XX` stands for each that is not named. */
export function answersOf(route: Route): Readonly<Record<string, object>> {
  const failures = [...byStatus(errorsOf(route))].map(([status, codes]) => [
    String(status),
    failureOf(route, String(status), codes),
  ])
  const general = failureOf(route, '4XX', GENERAL)
  return {
    [route.answer.status]: successOf(route),
    ...Object.fromEntries(failures),
    '4XX': general,
  }
}

/** The example of an answer that goes well, or undefined where it has no JSON. */
export function exampleAnswerOf({ answer }: Route): unknown {
  return answer.body && !answer.mediaType ? exampleOf(jsonSchemaOf(answer.body)) : undefined
}

function successOf(route: Route): object {
  const { answer, words } = route
  const { body, mediaType = JSON_TYPE } = answer
  const own = answer.headers ? headersOf(jsonSchemaOf(answer.headers)) : {}
  const text = words.answer ?? words.summary
  const schema = body ? jsonSchemaOf(body) : undefined
  const example = exampleAnswerOf(route)
  return {
    ...bilingual(text),
    headers: { ...commonHeaders(), ...own },
    ...((schema || answer.mediaType) && {
      content: {
        [mediaType]: {
          schema: schema ?? { type: 'string' },
          ...(example !== undefined && { example }),
        },
      },
    }),
  }
}

function headersOf(schema: JsonSchema): Record<string, object> {
  return Object.fromEntries(
    propertiesOf(schema).map(([name, { description, ...rest }]) => {
      const required = ((schema.required ?? []) as readonly string[]).includes(name)
      return [headerName(name), { description, required, schema: rest }]
    }),
  )
}

/** `x-user-id` => `X-User-Id`, `x-wx-code` => `X-WX-Code`: as people write them */
export function headerName(name: string): string {
  const capital = name.replace(/(^|-)[a-z]/g, letter => letter.toUpperCase())
  return capital.replace(/^X-Wx-/, 'X-WX-')
}

function commonHeaders(): Record<string, object> {
  const names = Object.keys(COMMON_HEADERS)
  return Object.fromEntries(names.map(name => [name, { $ref: `#/components/headers/${name}` }]))
}

function byStatus(codes: readonly ErrorCode[]): ReadonlyMap<number, readonly ErrorCode[]> {
  const found = new Map<number, ErrorCode[]>()
  for (const code of codes) {
    const { status } = ERRORS[code]
    found.set(status, [...(found.get(status) ?? []), code])
  }
  return new Map([...found].sort(([one], [other]) => one - other))
}

function failureOf(route: Route, status: string, codes: readonly ErrorCode[]): object {
  const isAuth = route.failure === 'auth'
  const shape = isAuth ? 'AuthError' : 'Error'
  const named = isAuth ? 'code' : 'error'
  return {
    description: `${STATUS_CODES[status] ?? status}: ${codes.map(code => `\`${code}\``).join(', ')}`,
    headers: { ...commonHeaders(), ...failureHeaders(route, status, codes) },
    content: {
      [JSON_TYPE]: {
        schema: {
          allOf: [
            { $ref: `#/components/schemas/${shape}` },
            { properties: { [named]: { enum: codes } } },
          ],
        },
        examples: Object.fromEntries(
          codes.map(code => [
            code,
            { $ref: `#/components/examples/${isAuth ? `auth_${code}` : code}` },
          ]),
        ),
      },
    },
  }
}

function failureHeaders(route: Route, status: string, codes: readonly ErrorCode[]) {
  const integer = { type: 'integer', minimum: 1 }
  const seconds = { zh: '多少秒之后再试', en: 'Seconds until another try makes sense.' }
  return {
    ...(status === '401' && {
      'WWW-Authenticate': { required: true, schema: { type: 'string' } },
    }),
    ...((status === '429' || status === '503') && {
      'Retry-After': { ...bilingual(seconds), required: true, schema: integer },
    }),
    // What is refused before the route, nobody names.
    ...(route.isForGateways && status !== '4XX' && gatewayHeaders(route, codes)),
  }
}

/** A gateway copies them from any answer: those that say who is asking are there, and empty. */
function gatewayHeaders({ answer }: Route, codes: readonly ErrorCode[]) {
  const names = answer.headers ? Object.keys(answer.headers.shape) : []
  const empty = names.map(name => [headerName(name), { required: true, schema: { const: '' } }])
  return {
    'X-Login-Error': { required: true, schema: { enum: codes } },
    ...Object.fromEntries(empty),
  }
}

/** `components.examples`: every error that one of the routes answers, as it is answered. */
export function errorExamplesOf(routes: readonly Route[]): Readonly<Record<string, object>> {
  const examples: Record<string, object> = {}
  for (const route of routes) {
    const isAuth = route.failure === 'auth'
    for (const code of [...errorsOf(route), ...GENERAL]) {
      const error = new LoginError(code)
      const { zh, en } = ERRORS[code]
      const value = isAuth ? authFailure(error) : error.body(REQUEST_ID)
      examples[isAuth ? `auth_${code}` : code] = { summary: `${zh} ${en}`, value }
    }
  }
  return examples
}
