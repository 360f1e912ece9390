import type { ErrorCode } from '../errors'
import type { Endpoint } from './endpoint'
import type { LimitName } from './limits'
import { LOGIN_ERRORS } from './log-in'

/** Who may call a route: everybody, a user whose token holds, or who shows the internal token. */
export type Guard = 'none' | 'login' | 'internal'

/** `*` is any method, those that Node takes and we do not know included. */
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | '*'

/** One row of `routes.ts`: where an endpoint stands, who may call it, and how often. */
export interface Route extends Endpoint {
  /** As Express writes it: `:id` stands for one part of the path. */
  readonly path: string
  /** GET includes HEAD, see `head`. */
  readonly methods: readonly Method[]
  readonly guard: Guard
  /** What its calls are counted as. Default: they are not counted. */
  readonly limit?: LimitName
  /**
   * How the body of a POST or PUT is read. `form`: as a form too. `lenient`: so too, and one that
   * cannot be used counts as none, since the route always gives its own answer. Default: not at all.
   * The body of a GET is never read.
   */
  readonly body?: 'json' | 'form' | 'lenient'
  /** False where HEAD, which Express serves by the handler of GET, must be refused. */
  readonly head?: false
  /** How a failure is said. Default: our error shape of docs/errors.md. */
  readonly failure?: 'auth'
  /** It serves every path below its own, too. */
  readonly below?: true
  /** A program asks it every few seconds: the request log tells failures and changes only. */
  readonly isProbe?: true
  /** The route exists only where a private key signs tokens, or where documents are asked for. */
  readonly needs?: 'publicKeys' | 'docs'
  /** Outside of production it is open to everybody, whatever its guard. */
  readonly isOpenInDevelopment?: true
  /** Metrics leave its answers out. */
  readonly isUncounted?: true
}

/** The methods that a route takes, HEAD included, in alphabetical order. */
export function methodsOf({ methods, head }: Pick<Route, 'methods' | 'head'>): readonly string[] {
  const withHead = methods.includes('GET') && head !== false
  return [...methods, ...(withHead ? ['HEAD'] : [])].sort()
}

const OF_GUARD: Readonly<Record<Guard, readonly ErrorCode[]>> = {
  none: [],
  login: [
    'invalid_request',
    'token_missing',
    'token_invalid',
    'token_expired',
    'session_ended',
    'rate_limited',
    'store_unavailable',
    'overloaded',
  ],
  internal: ['invalid_request', 'internal_token_invalid', 'rate_limited'],
}

const OF_JSON: readonly ErrorCode[] = [
  'invalid_json',
  'invalid_request',
  'body_too_large',
  'unsupported_media_type',
]

const OF_BODY: Readonly<Record<NonNullable<Route['body']>, readonly ErrorCode[]>> = {
  json: OF_JSON,
  form: OF_JSON,
  lenient: ['body_too_large'],
}

const OF_LIMIT: readonly ErrorCode[] = ['rate_limited', 'store_unavailable', 'overloaded']

/** Every error that a route may answer. A path answers `method_not_allowed` to other methods too. */
export function errorsOf({
  guard,
  isForGateways,
  limit,
  body,
  errors,
}: Route): readonly ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      ...OF_GUARD[guard],
      ...(guard === 'login' && !isForGateways ? LOGIN_ERRORS : []),
      ...(body ? OF_BODY[body] : []),
      ...(limit ? OF_LIMIT : []),
      ...errors,
      'internal',
    ]),
  ]
}
