import type { CheckedLoginOptions } from '../config/check-options'
import { createRefusedTokens } from '../http/refused-tokens'
import { createBeginSession } from '../login/begin-session'
import { createCheckLogin } from '../login/check-login'
import { createCheckSessionKey } from '../login/check-session-key'
import { createCloudSessions } from '../login/cloud-sessions'
import { createCodeNames } from '../login/code-names'
import { createDecrypt } from '../login/decrypt'
import { createIdentify } from '../login/identify'
import { createIntrospect } from '../login/introspect'
import { createLogIn } from '../login/login'
import { createLogout } from '../login/logout'
import { createPhone } from '../login/phone'
import { createProfile } from '../login/profile'
import { createProvenSession } from '../login/proven-session'
import { createProvenUsers } from '../login/proven-users'
import { createRefresh } from '../login/refresh'
import { createResetSessionKey } from '../login/reset-session-key'
import { createRunHooks } from '../login/run-hooks'
import { createSessionEnds } from '../login/session-ends'
import { createSessionRefs } from '../login/session-refs'
import { createSessionSecrets } from '../login/session-secrets'
import { createSessionUse } from '../login/session-use'
import { createLoginSurface } from '../login/surface'
import { createTokenIssuer } from '../login/token-issuer'
import { createUserChanges } from '../login/user-changes'
import { createUserSessions, type UserSessionsOptions } from '../login/user-sessions'
import { createUsers } from '../login/users'
import { createJwt } from '../token/jwt'
import type { Ground } from './ground'

/** Everything that somebody may ask of the service, without Express. */
export function createUseCases(options: CheckedLoginOptions, ground: Ground) {
  const { config, now, patience } = options
  const { events, tracing, store, lag, platform } = ground
  const { apps, defaultAppid, wxTimeoutMs: exchangeTimeoutMs } = config
  const sessions = createSessionParts(options, ground)
  const { sealing, ends, use, issueToken, beginSession, cloudSessions, identify } = sessions
  const common = { store, platform, ...sealing, events, now }
  const hookLimitMs = options.hooks.beforeLogin ? patience.hookMs : 0
  const whose = { appids: new Set(apps.keys()), defaultAppid, isLate: lag.isLate }
  const times = { exchangeTimeoutMs, hookLimitMs, patience }
  const useCase = createLogIn({ ...common, ...times, ...whose, beginSession, issueToken })
  const logIn = tracing.login(useCase)
  const refresh = createRefresh({ store, secrets: sealing.secrets, issueToken })
  const logout = createLogout({ store, ends })
  const phone = createPhone(common)
  return {
    ...{ identify, cloudSessions, logIn, refresh, logout, phone },
    checkLogin: createCheckLogin(identify, now),
    introspect: createIntrospect(sessions.identifyUncounted),
    surface: createLoginSurface({ identify, logIn, refresh, logout, phone }),
    profile: createProfile(store),
    decrypt: createDecrypt(common),
    checkSessionKey: createCheckSessionKey(common),
    resetSessionKey: createResetSessionKey(common),
    ...createPeople(ground, { use, ends, now }),
  }
}

/** What a token stands for: how its session begins, is sealed, proven, used and ended. */
function createSessionParts(options: CheckedLoginOptions, ground: Ground) {
  const { config, log, now, patience } = options
  const { events, metrics, store, signingKeys, tokenKeys, dataKeys, bonds } = ground
  const { apps, tokenTtlSeconds, sessionTtlSeconds, sessionIdleSeconds: idleSeconds } = config
  const audience = [...apps.keys()]
  const jwt = createJwt({ tokenKeys, audience, maxTtlSeconds: sessionTtlSeconds, now })
  const secrets = createSessionSecrets({ signingKeys, events, isUpgrading: dataKeys.isAdopting })
  const names = createCodeNames(dataKeys)
  const refs = createSessionRefs(signingKeys)
  const ends = createSessionEnds({ values: store.values, events, tokenTtlSeconds, now })
  const use = createSessionUse({ store, idleSeconds, now })
  const issueToken = createTokenIssuer({ jwt, tokenTtlSeconds, now })
  const hooks = createRunHooks({ hooks: options.hooks, patience, events, log })
  const sealing = { secrets, names, refs, bonds }
  const common = { store, ...sealing, hooks, ends, issueToken, sessionTtlSeconds, now }
  const beginSession = createBeginSession(common)
  const cloudSessions = createCloudSessions({ ...common, use, events, beginSession })
  const proveSession = createProvenSession({ secrets, bonds })
  const countRefusedToken = createRefusedTokens(config.rateLimit, metrics.http.limited)
  const { countToken } = metrics
  const proving = { jwt, store, secrets, proveSession, ends, use, cloudSessions }
  const checks = { ...proving, countToken, events, now }
  const identify = createIdentify({ ...checks, countRefusedToken })
  const identifyUncounted = createIdentify({ ...checks, countRefusedToken: () => undefined })
  const own = { ends, use, issueToken, beginSession, cloudSessions }
  return { sealing, ...own, identify, identifyUncounted }
}

/** What is done with users and their sessions, beside logins. */
function createPeople(
  { store, bonds, events }: Ground,
  parts: Pick<UserSessionsOptions, 'use' | 'ends' | 'now'>,
) {
  const sessions = createUserSessions({ store, ...parts })
  const changes = createUserChanges({ store, events, ...parts })
  const proven = createProvenUsers(bonds)
  const users = createUsers({ stored: store.users, proven, sessions, changes })
  return { sessions, users, people: { users, changes } }
}

export type UseCases = ReturnType<typeof createUseCases>
