import type { CheckedLoginOptions } from '../config/check-options'
import type { RoutesOptions } from '../http/routes'

/** What of the checked options decides which routes there are. */
export function routesOptionsOf({ config, isDevelopment }: CheckedLoginOptions): RoutesOptions {
  const { internalToken, docs, jwtPrivateKey, jwtPrivateKeyPrevious } = config
  const hasPublicKeys = (jwtPrivateKey ?? jwtPrivateKeyPrevious) !== undefined
  return { internalToken, docs, hasPublicKeys, isDevelopment }
}
