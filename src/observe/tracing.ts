import type * as OpenTelemetry from '@opentelemetry/api'
import type { Attributes, SpanOptions } from '@opentelemetry/api'
import { LoginError } from '../errors'
import { isUndecided } from '../events'
import type { LogIn } from '../login/login'
import type { Store } from '../store/contract/store'
import type { UpstreamClient } from '../upstream/client'
import { Unreachable } from '../upstream/unreachable'
import type { StoreKinds } from './metrics/store-cells'

/** Makes spans of what a service does. */
export interface Tracing {
  login(logIn: LogIn): LogIn
  client(client: UpstreamClient): UpstreamClient
  store(store: Store, kinds: StoreKinds): Store
}

/** Hands everything back as it is: nothing is paid for spans that nobody looks at. */
const NONE: Tracing = {
  login: logIn => logIn,
  client: client => client,
  store: store => store,
}

/** SpanKind.CLIENT and SpanStatusCode.ERROR, by the numbers of the API. */
const CLIENT = 2
const ERROR = 2

/**
 * Spans by OpenTelemetry for a login, for what it asks WeChat and for what it asks the store. There
 * are none where `@opentelemetry/api` is not installed, or where no SDK was registered before: an
 * SDK is loaded before the program that it looks at.
 *
 * A span says what was done and the name of the error. It holds no person, no code, no query.
 *
 * @param load gives the package, or throws where it is not installed
 */
export function openTracing(
  version: string,
  load = (): typeof OpenTelemetry => require('@opentelemetry/api'),
): Tracing {
  let api: typeof OpenTelemetry
  try {
    api = load()
  } catch {
    return NONE
  }
  if (!hasSdk(api)) return NONE
  const tracer = api.trace.getTracer('miniprogram-login', version)
  return tracingBy((name, options, work) =>
    tracer.startActiveSpan(name, options, async span => {
      try {
        return await work()
      } catch (error) {
        span.setAttribute('error.type', typeOf(error))
        if (isFault(error)) span.setStatus({ code: ERROR })
        throw error
      } finally {
        span.end()
      }
    }),
  )
}

/** Without an SDK the API's own provider stands in, and has nobody to ask. */
function hasSdk({ trace, ProxyTracerProvider }: typeof OpenTelemetry): boolean {
  const provider = trace.getTracerProvider()
  if (!(provider instanceof ProxyTracerProvider)) return true
  return provider.getDelegateTracer('miniprogram-login') !== undefined
}

type InSpan = <T>(name: string, options: SpanOptions, work: () => Promise<T>) => Promise<T>

function tracingBy(inSpan: InSpan): Tracing {
  const asking = <T>(name: string, attributes: Attributes, work: () => Promise<T>) =>
    inSpan(name, { kind: CLIENT, attributes }, work)
  const request = <T>(method: string, path: string, work: () => Promise<T>) =>
    asking(`${method} ${path}`, { 'http.request.method': method, 'url.path': path }, work)
  return {
    login: logIn => ({
      ...logIn,
      login: (asked, origin) => inSpan('login', {}, () => logIn.login(asked, origin)),
    }),
    client: client => ({
      ...client,
      get: (path, options) => request('GET', path, () => client.get(path, options)),
      post: (path, options) => request('POST', path, () => client.post(path, options)),
    }),
    store: (store, { database, shared }) =>
      tracedStore(store, (part, method, work) => {
        const kind = part === 'users' || part === 'proofs' ? database : shared
        const operation = `${part}.${method}`
        const attributes = { 'db.system.name': kind, 'db.operation.name': operation }
        return asking(`store ${operation}`, attributes, work)
      }),
  }
}

type TracedCall = (part: string, method: string, work: () => Promise<unknown>) => Promise<unknown>
type Method = (...args: readonly unknown[]) => Promise<unknown>

function tracedStore(store: Store, traced: TracedCall): Store {
  const partOf = <P extends keyof Store>(name: P): Store[P] => {
    const methods = Object.entries(store[name]) as [string, Method][]
    const all = methods.map(([method, call]) => [
      method,
      (...args: unknown[]) => traced(name, method, () => call.apply(store[name], args)),
    ])
    return Object.fromEntries(all)
  }
  return {
    ...store,
    codes: partOf('codes'),
    sessions: partOf('sessions'),
    users: partOf('users'),
    counters: partOf('counters'),
    values: partOf('values'),
    proofs: partOf('proofs'),
  }
}

/** The name of an error. Its text may quote what nobody has cleared of secrets. */
function typeOf(error: unknown): string {
  if (error instanceof LoginError) return error.code
  return error instanceof Unreachable ? error.kind : 'internal'
}

/** A refusal is what the service is there for, and no fault. */
function isFault(error: unknown): boolean {
  return !(error instanceof LoginError) || isUndecided(error.code)
}
