import { authFailureAnswer, errorAnswer } from '../error-answer'
import type { Route } from '../route'
import { COMMON_HEADERS, errorExamplesOf } from './answers'
import { jsonSchemaOf, type Words } from './json-schema'
import { openApiPath, operationMethods } from './openapi-path'
import { type Operation, operationOf } from './operation'
import { OVERVIEW } from './overview'
import { TOPICS, topicOf } from './topics'

/** An OpenAPI 3.1 document of the service, but for `servers`, which the asker's way decides. */
export interface OpenApi {
  readonly openapi: '3.1.1'
  readonly info: Readonly<Record<string, unknown>> & { readonly version: string }
  readonly tags: readonly { readonly name: string; readonly 'x-name': Words }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>
}

export interface OpenApiOptions {
  /** The routes of this configuration. */
  routes: readonly Route[]
  /** Of the service. */
  version: string
}

/** Describes every route that is given, from its row alone. */
export function createOpenApi({ routes, version }: OpenApiOptions): OpenApi {
  const topics = new Set(routes.map(topicOf))
  return {
    openapi: '3.1.1',
    info: {
      title: 'miniprogram-login',
      version,
      ...OVERVIEW,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    tags: Object.entries(TOPICS)
      .filter(([topic]) => topics.has(topic as keyof typeof TOPICS))
      .map(([, words]) => ({ name: words.en, description: words.zh, 'x-name': words })),
    paths: pathsOf(routes),
    components: {
      schemas: { Error: jsonSchemaOf(errorAnswer), ...authSchemas(routes) },
      headers: COMMON_HEADERS,
      examples: errorExamplesOf(routes),
      securitySchemes: securitySchemesOf(routes),
    },
  }
}

function pathsOf(routes: readonly Route[]): OpenApi['paths'] {
  const paths: Record<string, Record<string, Operation>> = {}
  // The router wants the path first that is asked most, and a reader the login.
  const ordered = [...routes].sort(
    (a, b) => Number(b.path === '/login') - Number(a.path === '/login'),
  )
  for (const route of ordered.flatMap(withPathsBelow)) {
    const { path } = openApiPath(route.path)
    const operations = operationMethods(route.methods).map(method => [
      method,
      operationOf(route, method),
    ])
    paths[path] = { ...paths[path], ...Object.fromEntries(operations) }
  }
  return paths
}

/** A route that serves every path below its own stands for two of OpenAPI's. */
function withPathsBelow(route: Route): readonly Route[] {
  return route.below ? [route, { ...route, path: `${route.path}/*` }] : [route]
}

function authSchemas(routes: readonly Route[]): Record<string, object> {
  const isUsed = routes.some(({ failure }) => failure === 'auth')
  return isUsed ? { AuthError: jsonSchemaOf(authFailureAnswer) } : {}
}

const TOKEN_SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: '登录得到的令牌。\n\nThe token that a login gave.',
  },
  tokenHeader: { type: 'apiKey', in: 'header', name: 'token' },
  sessionidHeader: { type: 'apiKey', in: 'header', name: 'sessionid' },
} as const

const INTERNAL_SCHEMES = {
  internalToken: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Internal-Token',
    description: '与本服务的 INTERNAL_TOKEN 相同。\n\nThe INTERNAL_TOKEN of this service.',
  },
  internalBearer: { type: 'http', scheme: 'bearer' },
  internalBasic: { type: 'http', scheme: 'basic' },
} as const

function securitySchemesOf(routes: readonly Route[]): Record<string, object> {
  const has = (guard: Route['guard']) => routes.some(route => route.guard === guard)
  const hasToken = has('login') || routes.some(route => route.optionalToken)
  return { ...(hasToken && TOKEN_SCHEMES), ...(has('internal') && INTERNAL_SCHEMES) }
}
