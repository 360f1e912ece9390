import type { Values } from '../store/contract/values'
import { randomBytes } from '../token/random'
import { openText, sealText } from '../token/seal'
import type { SigningKeys } from '../token/signing-keys'

export interface AccessTokenShelfOptions {
  values: Pick<Values, 'read' | 'write' | 'claim' | 'drop'>
  signingKeys: SigningKeys
  /** Milliseconds since 1970. */
  now: () => number
}

interface ShelvedToken {
  readonly value: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Where instances share the access_token of each app. */
export interface AccessTokenShelf {
  read(appid: string): Promise<ShelvedToken | undefined>
  write(appid: string, token: ShelvedToken): Promise<void>
  /** Removes the access_token if it is still this one. */
  drop(appid: string, value: string): Promise<void>
  /**
   * Takes the right to ask the platform. Resolves to how the right is given back, or to undefined
   * while another instance has it. The right ends by itself after `ms`.
   */
  lease(appid: string, ms: number): Promise<(() => Promise<unknown>) | undefined>
}

const tokenName = (appid: string) => `access_token:${appid}`
const leaseName = (appid: string) => `access_token_lease:${appid}`

/**
 * Keeps access_tokens in the store that all instances share, sealed like session_keys: who reads
 * the database cannot call WeChat in our name. One that no configured secret opens counts as none.
 */
export function createAccessTokenShelf(options: AccessTokenShelfOptions): AccessTokenShelf {
  const { values, signingKeys, now } = options

  async function find(appid: string): Promise<{ sealed: string; token: ShelvedToken } | undefined> {
    const sealed = await values.read(tokenName(appid), now())
    const text = sealed === undefined ? undefined : openText(signingKeys, sealed, tokenName(appid))
    if (sealed === undefined || text === undefined) return undefined
    const [value, expiresAt] = JSON.parse(text) as [string, number]
    return { sealed, token: { value, expiresAt } }
  }

  return {
    async read(appid) {
      return (await find(appid))?.token
    },

    async write(appid, { value, expiresAt }) {
      const name = tokenName(appid)
      const sealed = sealText(signingKeys.current, JSON.stringify([value, expiresAt]), name)
      await values.write(name, sealed, { now: now(), expiresAt })
    },

    async drop(appid, value) {
      const found = await find(appid)
      // One access_token that is sealed twice is two sealed texts. So the access_token is compared
      // here, and the sealed text in the store.
      if (found?.token.value === value) await values.drop(tokenName(appid), found.sealed)
    },

    async lease(appid, ms) {
      const owner = randomBytes(12).toString('base64url')
      const life = { now: now(), expiresAt: now() + ms }
      if (!(await values.claim(leaseName(appid), owner, life))) return undefined
      return () => values.drop(leaseName(appid), owner)
    },
  }
}
