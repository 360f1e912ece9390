import type { Events, Origin } from '../events'
import type { LoginState } from '../login/check-login'
import type { OpenDataOwner } from '../login/decrypt'
import type { Introspect } from '../login/introspect'
import type { LoginAnswer, LoginRequest } from '../login/login'
import type { LoginPlatform, OpenDataFields, OpenedData, PhoneNumber } from '../login/platform'
import type { Profile } from '../login/profile'
import type { IssuedToken } from '../login/token-issuer'
import type { UserChanges } from '../login/user-changes'
import type { UserSessions } from '../login/user-sessions'
import type { Users } from '../login/users'
import type { Session } from '../store/contract/sessions'
import type { PublicJwk } from '../token/token-keys'
import type { ShowsInternalToken } from './internal-token'
import type { ReadToken } from './read-token'
import type { PartState } from './readiness'

/** What the endpoints work with: the use cases, and the little that HTTP adds. `app/login-router.ts` has it. */
export interface Parts {
  login(request: LoginRequest, origin: Origin): Promise<LoginAnswer>
  checkLogin(token: string | undefined, origin: Origin): Promise<LoginState>
  readonly introspect: Introspect
  refresh(session: Session, origin: Origin): Promise<IssuedToken>
  logout(session: Session, options: { all: boolean }, origin: Origin): Promise<void>
  readonly sessions: UserSessions
  /** What the operator sees of users, and does to them. */
  readonly people: { readonly users: Users; readonly changes: UserChanges }
  readonly profile: Profile
  decrypt(owner: OpenDataOwner, fields: OpenDataFields, origin: Origin): Promise<OpenedData>
  readonly phone: {
    ask(session: Session, code: string, origin: Origin): Promise<PhoneNumber>
  }
  checkSessionKey(session: Session, origin: Origin): Promise<boolean>
  readonly getAccessToken: LoginPlatform['getAccessToken']
  /** Whether a login could be served now: each part of what it needs, and what is wrong with it. */
  lookAtParts(): Promise<readonly PartState[]>
  /** Whether the simulator's app is one of ours, whose secret everybody knows. */
  readonly hasSimulatedApp: boolean
  /**
   * All metrics as Prometheus reads them.
   *
   * @throws LoginError `overloaded` when another process does not say what it counted
   */
  printMetrics(): Promise<string>
  readonly showsInternalToken: ShowsInternalToken
  readonly readToken: ReadToken
  /** What other services may verify tokens with. */
  readonly publicKeys: readonly PublicJwk[]
  /** Describes the routes of this configuration. */
  readonly docs: {
    /** @param prefix where a host app has mounted the routes; empty for none */
    openApi(prefix: string): object
    /** @param page `toOpenApi`: where the page finds the OpenAPI document */
    page(page: { language: 'zh' | 'en'; nonce: string; toOpenApi: string }): string
  }
  readonly events: Pick<Events, 'tell'>
  /** Milliseconds since 1970. */
  readonly now: () => number
}
