import type { SharedValues } from '../store/store'
import type { KeyRing } from '../token/keys'
import { randomBytes } from '../token/random'
import { sealText, unsealText } from '../token/seal'
import type { AccessTokenShelf } from '../wx/access-token'
import type { AccessToken } from '../wx/stable-token'

export interface TokenShelfOptions {
  store: SharedValues
  keys: KeyRing
  /** Milliseconds since 1970. */
  now: () => number
}

const tokenName = (appid: string) => `access_token:${appid}`
const leaseName = (appid: string) => `access_token_lease:${appid}`

/**
 * Access tokens in the store that all instances share, sealed like session_keys: whoever reads the
 * database cannot call WeChat in our name. One that no configured secret opens counts as none.
 */
export function createTokenShelf({ store, keys, now }: TokenShelfOptions): AccessTokenShelf {
  async function find(appid: string): Promise<{ blob: string; token: AccessToken } | undefined> {
    const blob = await store.readShared(tokenName(appid), now())
    const text = blob === undefined ? undefined : unsealText(keys, blob, tokenName(appid))
    if (blob === undefined || text === undefined) return undefined
    const [value, expiresAt] = JSON.parse(text) as [string, number]
    return { blob, token: { value, expiresAt } }
  }

  return {
    async read(appid) {
      return (await find(appid))?.token
    },

    async write(appid, { value, expiresAt }) {
      const blob = sealText(keys.current, JSON.stringify([value, expiresAt]), tokenName(appid))
      await store.writeShared(tokenName(appid), blob, { now: now(), expiresAt })
    },

    async drop(appid, value) {
      const found = await find(appid)
      // Sealed twice, one token is two blobs: so the token is compared here, and the blob there.
      if (found?.token.value === value) await store.dropShared(tokenName(appid), found.blob)
    },

    async lease(appid, ms) {
      const owner = randomBytes(12).toString('base64url')
      const life = { now: now(), expiresAt: now() + ms }
      if (!(await store.claimShared(leaseName(appid), owner, life))) return undefined
      return () => store.dropShared(leaseName(appid), owner)
    },
  }
}
