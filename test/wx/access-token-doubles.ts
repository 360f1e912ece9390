import type { AccessToken } from '../../src/wx/stable-token'
import type { Clock } from '../support/clock'

/** WeChat as far as access_tokens go: the same one for all, until its last five minutes. */
export function createTokenSource(clock: Clock) {
  let serial = 0
  let current: AccessToken | undefined
  const gate = { open: Promise.resolve(), failure: undefined as Error | undefined }
  return {
    gate,
    calls: 0,
    /** The requestId of whoever caused each call. */
    askers: [] as unknown[],
    kill: () => {
      current = undefined
    },
    async fetchToken(asking?: {
      origin: { requestId?: string | undefined }
    }): Promise<AccessToken> {
      this.calls++
      this.askers.push(asking?.origin.requestId)
      const left = (current?.expiresAt ?? 0) - clock.ms
      if (left < 300_000) current = { value: `token-${++serial}`, expiresAt: clock.ms + 7200_000 }
      const answer = current as AccessToken
      await gate.open
      if (gate.failure) throw gate.failure
      return answer
    },
    /** Holds back the answers from now on; returns how to let them go. */
    holdBack(): () => void {
      let open = () => {}
      gate.open = new Promise(resolve => {
        open = resolve
      })
      return open
    },
  }
}

/** What instances share. The clock stands still, so a lease ends only when it is given back. */
export function createSharedCache() {
  let shared: AccessToken | undefined
  let lease: object | undefined
  return {
    leases: 0,
    get token() {
      return shared
    },
    read: async () => shared,
    write: async (_appid: string, token: AccessToken) => {
      shared = token
    },
    drop: async (_appid: string, value: string) => {
      if (shared?.value === value) shared = undefined
    },
    async lease() {
      this.leases++
      if (lease) return undefined
      const mine = {}
      lease = mine
      return async () => {
        if (lease === mine) lease = undefined
      }
    },
  }
}

export type TokenSource = ReturnType<typeof createTokenSource>
