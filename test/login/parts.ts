import { createEvents, type LoginEvent } from '../../src/events'
import { createBeginSession } from '../../src/login/begin-session'
import { createBonds } from '../../src/login/bonds'
import { createCloudSessions } from '../../src/login/cloud-sessions'
import { createCodeNames } from '../../src/login/code-names'
import { type AdoptUsers, createDataKeys } from '../../src/login/data-keys'
import { type CountRefusedToken, createIdentify } from '../../src/login/identify'
import { createLogIn, type LogInOptions } from '../../src/login/login'
import type { LoginPass, LoginPlatform, PlatformUser } from '../../src/login/platform'
import { createProvenSession } from '../../src/login/proven-session'
import { createProvenUsers } from '../../src/login/proven-users'
import type { RunHooks } from '../../src/login/run-hooks'
import { createSessionEnds } from '../../src/login/session-ends'
import { createSessionRefs } from '../../src/login/session-refs'
import { createSessionSecrets } from '../../src/login/session-secrets'
import { createSessionUse } from '../../src/login/session-use'
import { createTokenIssuer } from '../../src/login/token-issuer'
import { createUserChanges } from '../../src/login/user-changes'
import { createUserSessions } from '../../src/login/user-sessions'
import { createUsers } from '../../src/login/users'
import type { Session } from '../../src/store/contract/sessions'
import type { Store } from '../../src/store/contract/store'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { createJwt } from '../../src/token/jwt'
import { createSigningKeys, type SigningKeys } from '../../src/token/signing-keys'
import { createTokenKeys } from '../../src/token/token-keys'
import { Clock } from '../support/clock'
import { STRETCHED } from '../support/patience'
import { JWT_SECRET } from '../support/secrets'

export const APPID = 'wx0000000000000000'
export const OTHER_APPID = 'wx1111111111111111'
export const SESSION_KEY = 'c2Vzc2lvbiBrZXkgMTYgYg=='
export const TOKEN_TTL_SECONDS = 3600
export const SESSION_TTL_SECONDS = 7200
/** Who asks, in tests where it does not matter. */
export const ORIGIN = { requestId: 'request-0', ip: '203.0.113.7' }

/** A platform whose codes are the names of its users. */
export const obliging: Pick<LoginPlatform, 'exchangeCode'> = {
  exchangeCode: async code => userOf(code),
}

/** Lets everybody in. */
export const openPass: LoginPass = { asking: (_deadline, work) => work(), leave() {} }

/** A host without hooks. */
export const NO_HOOKS: RunHooks = { before: async () => {}, after: async () => {} }

export function userOf(name: string): PlatformUser {
  return { openid: `openid-of-${name}`, sessionKey: SESSION_KEY }
}

export interface PartsOptions {
  clock?: Clock
  store?: Store
  signingKeys?: SigningKeys
  adoptUsers?: AdoptUsers
  platform?: Pick<LoginPlatform, 'exchangeCode'> & Partial<Pick<LoginPlatform, 'admitLogin'>>
  login?: Partial<LogInOptions>
  countRefusedToken?: CountRefusedToken
  countToken?: () => void
  idleSeconds?: number
}

/** The use cases that a token passes through, on a memory store. `told` holds what they tell. */
export function startParts(options: PartsOptions = {}) {
  const { clock = new Clock(), store = createMemoryStore(), platform = obliging } = options
  const { signingKeys = createSigningKeys(JWT_SECRET), adoptUsers = 'auto' } = options
  const { now } = clock
  const events = createEvents()
  const told: LoginEvent[] = []
  events.listen(event => void told.push(event))
  const audience = [APPID, OTHER_APPID]
  const tokenKeys = createTokenKeys(signingKeys)
  const jwt = createJwt({ tokenKeys, audience, maxTtlSeconds: SESSION_TTL_SECONDS, now })
  const tokenTtlSeconds = TOKEN_TTL_SECONDS
  const issueToken = createTokenIssuer({ jwt, tokenTtlSeconds, now })
  const keysOptions = { proofs: store.proofs, signingKeys, adoptUsers, events, now }
  const dataKeys = createDataKeys(keysOptions)
  const bonds = createBonds({ dataKeys, store })
  const names = createCodeNames(dataKeys)
  const refs = createSessionRefs(signingKeys)
  const isUpgrading = dataKeys.isAdopting
  const secrets = createSessionSecrets({ signingKeys, events, isUpgrading })
  const proveSession = createProvenSession({ secrets, bonds })
  const ends = createSessionEnds({ values: store.values, events, tokenTtlSeconds, now })
  const { countRefusedToken = () => undefined } = options
  const use = createSessionUse({ store, idleSeconds: options.idleSeconds, now })
  const sessionTtlSeconds = SESSION_TTL_SECONDS
  const hooks = NO_HOOKS
  const begins = { store, secrets, refs, bonds, ends, hooks, issueToken, sessionTtlSeconds, now }
  const beginSession = createBeginSession(begins)
  const cloudSessions = createCloudSessions({ ...begins, beginSession, use, events })
  const checks = { ends, use, events, cloudSessions, countRefusedToken, now }
  const { countToken = () => {} } = options
  const identify = createIdentify({ jwt, store, secrets, proveSession, countToken, ...checks })
  const sessions = createUserSessions({ store, use, ends, now })
  const changes = createUserChanges({ store, ends, events, now })
  const { login, settled } = createLogIn({
    isLate: () => false,
    appids: new Set(audience),
    defaultAppid: APPID,
    platform: { admitLogin: () => openPass, ...platform },
    store,
    secrets,
    names,
    refs,
    beginSession,
    issueToken,
    exchangeTimeoutMs: 60_000,
    hookLimitMs: 0,
    patience: { ...STRETCHED, claimPollMs: 1 },
    events,
    now,
    ...options.login,
  })
  const proven = createProvenUsers(bonds)
  const users = createUsers({ stored: store.users, proven, sessions, changes })
  const own = { use, sessions, changes, users, cloudSessions }
  const keys = { dataKeys, bonds, names, refs, secrets }
  const parts = { clock, store, events, told, jwt, issueToken, ...keys, ends, identify, ...own }
  return {
    ...parts,
    login,
    settled,
    /** The session of a first login of this name. */
    async sessionOf(name: string): Promise<Session> {
      const { sessionId, userId } = await login({ code: name }, ORIGIN)
      return (await store.sessions.find({ id: sessionId, userId })) as Session
    },
    /** What was told of one kind, and is forgotten by it. */
    heard<T extends LoginEvent['type']>(type: T): Extract<LoginEvent, { type: T }>[] {
      const heard = told.filter(event => event.type === type)
      told.length = 0
      return heard as Extract<LoginEvent, { type: T }>[]
    },
  }
}

/** A store that fails at once at the calls that are named here. */
export function failing<T extends object>(part: T, broken: Partial<T>): T {
  return { ...part, ...broken }
}
