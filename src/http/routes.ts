import { accessTokenEndpoint } from './endpoints/access-token-endpoint'
import { authEndpoint, isAuthEndpoint, onloginEndpoint } from './endpoints/alias-endpoints'
import { checkLoginEndpoint } from './endpoints/check-login-endpoint'
import { checkSessionEndpoint } from './endpoints/check-session-endpoint'
import { decryptEndpoint } from './endpoints/decrypt-endpoint'
import { docsPageEndpoint, openApiEndpoint } from './endpoints/docs-endpoints'
import { livezEndpoint, readyzEndpoint } from './endpoints/health-endpoints'
import {
  disableUserEndpoint,
  enableUserEndpoint,
  eraseUserEndpoint,
  exportUserEndpoint,
  findUsersEndpoint,
  logOutUserEndpoint,
  readUserEndpoint,
  userSessionsEndpoint,
} from './endpoints/internal-users-endpoints'
import { introspectEndpoint } from './endpoints/introspect-endpoint'
import { loginEndpoint } from './endpoints/login-endpoint'
import { metricsEndpoint } from './endpoints/metrics-endpoint'
import { phoneEndpoint } from './endpoints/phone-endpoint'
import { changeProfileEndpoint, readProfileEndpoint } from './endpoints/profile-endpoints'
import { publicKeysEndpoint } from './endpoints/public-keys-endpoint'
import { logoutEndpoint, refreshEndpoint } from './endpoints/session-endpoints'
import { endSessionEndpoint, listSessionsEndpoint } from './endpoints/user-sessions-endpoints'
import { verifyEndpoint } from './endpoints/verify-endpoint'
import type { Route } from './route'

/**
 * Every route of this service. A route that is not in this list does not exist: the router walks
 * it, and documents are printed from it.
 *
 * The first rows are the paths that are asked most: Express looks for a path from the top.
 */
// biome-ignore format: a row is a line.
export const ROUTES: readonly Route[] = [
  { path: '/checklogin',             methods: ['GET', 'POST'],  guard: 'none',     body: 'lenient', ...checkLoginEndpoint },
  { path: '/verify',                 methods: ['*'],            guard: 'login',    below: true, ...verifyEndpoint },
  { path: '/login',                  methods: ['POST'],         guard: 'none',     limit: 'login', body: 'json', ...loginEndpoint },
  { path: '/refresh',                methods: ['POST'],         guard: 'login',    body: 'json', ...refreshEndpoint },
  { path: '/logout',                 methods: ['POST'],         guard: 'login',    body: 'json', ...logoutEndpoint },
  { path: '/me',                     methods: ['GET'],          guard: 'login',    ...readProfileEndpoint },
  { path: '/me',                     methods: ['PUT'],          guard: 'login',    body: 'json', ...changeProfileEndpoint },
  { path: '/sessions',               methods: ['GET'],          guard: 'login',    ...listSessionsEndpoint },
  { path: '/sessions/:id',           methods: ['DELETE'],       guard: 'login',    ...endSessionEndpoint },
  { path: '/decrypt',                methods: ['POST'],         guard: 'login',    body: 'json', ...decryptEndpoint },
  { path: '/phone',                  methods: ['POST'],         guard: 'login',    limit: 'wechat', body: 'json', ...phoneEndpoint },
  { path: '/checksession',           methods: ['POST'],         guard: 'login',    limit: 'wechat', body: 'json', ...checkSessionEndpoint },
  { path: '/livez',                  methods: ['GET'],          guard: 'none',     isProbe: true, ...livezEndpoint },
  { path: '/healthz',                methods: ['GET'],          guard: 'none',     isProbe: true, ...livezEndpoint },
  { path: '/readyz',                 methods: ['GET'],          guard: 'none',     isProbe: true, ...readyzEndpoint },
  { path: '/.well-known/jwks.json',  methods: ['GET'],          guard: 'none',     needs: 'publicKeys', ...publicKeysEndpoint },

  { path: '/metrics',                methods: ['GET'],          guard: 'internal', isOpenInDevelopment: true, isProbe: true, isUncounted: true, ...metricsEndpoint },

  // HEAD would run as GET, and burn the code for an answer that nobody sees.
  { path: '/auth',                   methods: ['GET', 'POST'],  guard: 'none',     limit: 'login', body: 'form', head: false, failure: 'auth', ...authEndpoint },
  { path: '/isAuth',                 methods: ['POST'],         guard: 'none',     body: 'lenient', ...isAuthEndpoint },
  { path: '/wx/onlogin',             methods: ['POST'],         guard: 'none',     limit: 'login', body: 'form', ...onloginEndpoint },

  { path: '/internal/access-token',  methods: ['GET'],          guard: 'internal', ...accessTokenEndpoint },
  { path: '/internal/introspect',    methods: ['POST'],         guard: 'internal', body: 'form', ...introspectEndpoint },

  { path: '/internal/users',         methods: ['GET'],          guard: 'internal', ...findUsersEndpoint },
  { path: '/internal/users/:id',     methods: ['GET'],          guard: 'internal', ...readUserEndpoint },
  { path: '/internal/users/:id',     methods: ['DELETE'],       guard: 'internal', ...eraseUserEndpoint },
  { path: '/internal/users/:id/sessions', methods: ['GET'],     guard: 'internal', ...userSessionsEndpoint },
  { path: '/internal/users/:id/export', methods: ['GET'],       guard: 'internal', ...exportUserEndpoint },
  { path: '/internal/users/:id/logout', methods: ['POST'],      guard: 'internal', ...logOutUserEndpoint },
  { path: '/internal/users/:id/disable', methods: ['POST'],     guard: 'internal', body: 'json', ...disableUserEndpoint },
  { path: '/internal/users/:id/enable', methods: ['POST'],      guard: 'internal', ...enableUserEndpoint },

  { path: '/openapi.json',           methods: ['GET'],          guard: 'none',     needs: 'docs', ...openApiEndpoint },
  { path: '/docs',                   methods: ['GET'],          guard: 'none',     needs: 'docs', ...docsPageEndpoint },
]

/** What of the configuration decides which routes there are. */
export interface RoutesOptions {
  readonly internalToken: string | undefined
  /** Whether a private key signs tokens, or is about to. */
  readonly hasPublicKeys: boolean
  /** Whether the documents are served. */
  readonly docs: 'on' | 'off'
  /** Whether nobody is real, so that what is otherwise for the operator is open. */
  readonly isDevelopment: boolean
}

/** The routes of this configuration: without an internal token no internal route exists. */
export function routesOf(options: RoutesOptions): readonly Route[] {
  const { internalToken, hasPublicKeys, docs, isDevelopment } = options
  const isThere = { publicKeys: hasPublicKeys, docs: docs === 'on' }
  return ROUTES.map(route =>
    isDevelopment && route.isOpenInDevelopment ? { ...route, guard: 'none' as const } : route,
  ).filter(
    ({ guard, needs }) =>
      (guard !== 'internal' || internalToken !== undefined) && (!needs || isThere[needs]),
  )
}
