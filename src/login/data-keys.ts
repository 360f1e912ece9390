import { LoginError } from '../errors'
import type { Events } from '../events'
import type { Proofs } from '../store/contract/proofs'
import {
  createDataKey,
  type DataKey,
  isSealedByAll,
  newDataKeySecret,
  openDataKey,
  sealDataKey,
} from '../token/data-key'
import type { SigningKeys } from '../token/signing-keys'

/** When users are believed who have no proof: see the option `adoptUsers`. */
export type AdoptUsers = 'auto' | 'on' | 'off'

/** The data key of the deployment. */
export interface DataKeys {
  /**
   * @throws LoginError `misconfigured` when it is lost or forged, `store_unavailable` when the
   *   store cannot be asked
   */
  get(): Promise<DataKey>
  /** Whether a user without a proof is believed now. False until the key is known. */
  isAdopting(): boolean
}

export interface DataKeysOptions {
  proofs: Pick<Proofs, 'readKey' | 'createKey' | 'replaceKey' | 'look'>
  signingKeys: SigningKeys
  adoptUsers: AdoptUsers
  events: Pick<Events, 'tell'>
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * How long users without a proof are believed after an upgrade from version 0.1, which made no
 * proofs. A user who has none by then is refused.
 */
const ADOPTION_MS = 86_400_000

const SETTING = 'JWT_SECRET (jwtSecret)'
const FIXES = {
  data_key_missing:
    'the table of the data key (data_keys, behind TABLE_PREFIX) was emptied: restore it from a backup; if there is none, start with ADOPT_USERS=on until every user has a proof again',
  data_key_not_opened:
    'put the secret before this one into JWT_SECRET_PREVIOUS; if it is lost or has leaked, start with ADOPT_USERS=on until every user has a proof again',
} as const

type Loss = keyof typeof FIXES

/**
 * Keeps the key that proofs and digests are made with. It rests beside the users, sealed by each
 * configured signing key, and is sealed anew when those change: so it outlives a rotation. It is
 * made where there are no users, or where none has a proof, as after an upgrade. It is never made
 * anew beside proven users unless the operator says so: whoever could have it replaced could have
 * his own rows believed.
 */
export function createDataKeys(options: DataKeysOptions): DataKeys {
  const { proofs, signingKeys, adoptUsers, events, now } = options
  let known: DataKey | undefined
  let loading: Promise<DataKey> | undefined
  let told: Loss | undefined

  async function load(): Promise<DataKey> {
    const sealed = (await proofs.readKey()) ?? (await create(undefined))
    let secret = openDataKey(signingKeys, sealed)
    if (!secret) {
      if (adoptUsers !== 'on') throw lost('data_key_not_opened')
      secret = openDataKey(signingKeys, await create(sealed))
      if (!secret) throw lost('data_key_not_opened')
    } else if (!isSealedByAll(signingKeys, sealed)) {
      await proofs.replaceKey(sealed, sealDataKey(signingKeys, secret))
    }
    if (told) events.tell({ type: 'store.back', setting: SETTING })
    told = undefined
    return createDataKey(secret)
  }

  /** Makes a key, unless another instance was first. Resolves to the one that is there then. */
  async function create(lostKey: string | undefined): Promise<string> {
    const { hasUsers, hasProofs } = await proofs.look()
    const isUpgrade = hasUsers && !hasProofs && adoptUsers === 'auto'
    if (hasUsers && !isUpgrade && adoptUsers !== 'on') throw lost('data_key_missing')
    const secret = newDataKeySecret(hasUsers ? now() + ADOPTION_MS : 0)
    const sealed = sealDataKey(signingKeys, secret)
    if (lostKey === undefined) return proofs.createKey(sealed)
    await proofs.replaceKey(lostKey, sealed)
    return (await proofs.readKey()) ?? sealed
  }

  function lost(reason: Loss): LoginError {
    if (told !== reason) {
      events.tell({ type: 'store.lost', setting: SETTING, reason, fix: FIXES[reason] })
    }
    told = reason
    return new LoginError('misconfigured', { reason })
  }

  return {
    async get() {
      if (known) return known
      loading ??= load().finally(() => {
        loading = undefined
      })
      known = await loading
      return known
    },
    isAdopting() {
      if (!known || adoptUsers === 'off') return false
      return adoptUsers === 'on' || now() < known.adoptUntil
    },
  }
}
