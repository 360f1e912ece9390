import type { NewLogin } from '../../../src/store/contract/sessions'
import type { Store } from '../../../src/store/contract/store'

export const NOW = Date.UTC(2026, 0, 2)
let serial = 0
export const unique = (name: string) => `${name}-${++serial}`

export const claim = (codeHash = unique('hash'), owner = unique('owner')) => ({
  codeHash,
  owner,
  idempotencyHash: null,
  now: NOW,
  expiresAt: NOW + 600_000,
})

export const login = (overrides: Partial<NewLogin> = {}): NewLogin => ({
  codeHash: unique('hash'),
  owner: unique('owner'),
  sessionId: unique('session'),
  newUserId: unique('user'),
  appid: 'wx0000000000000000',
  openid: unique('openid'),
  unionid: null,
  proof: null,
  unionidProof: null,
  sessionRef: 'kid.ref',
  sealed: 'kid.sealed',
  sessionKeyHash: 'key-1',
  now: NOW,
  expiresAt: NOW + 1000,
  ...overrides,
})

/** Which user each session turned out to belong to. */
const userOf = new Map<string, string>()
export const refOf = ({ sessionId: id }: NewLogin) => ({ id, userId: String(userOf.get(id)) })

export function remembering(store: Store): Store {
  return {
    ...store,
    sessions: {
      ...store.sessions,
      async begin(login) {
        const begun = await store.sessions.begin(login)
        userOf.set(login.sessionId, begun.userId)
        return begun
      },
    },
  }
}
