import type { User } from './users'

/** What proves the bonds of users, beside the users and as durable as they are. */
export interface Proofs {
  /** The sealed key with which proofs are made; undefined where there is none. */
  readKey(): Promise<string | undefined>
  /** Stores the sealed key where there is none. Resolves to the one that is there then. */
  createKey(sealed: string): Promise<string>
  /** Stores the sealed key in the place of another one, if that one is there. */
  replaceKey(from: string, to: string): Promise<void>
  /** Whether there are users, and whether any of them has a proof. */
  look(): Promise<{ readonly hasUsers: boolean; readonly hasProofs: boolean }>
  /** Writes the proofs of a user who is still this one. */
  prove(user: ProvenUser): Promise<void>
}

export interface ProvenUser extends Pick<User, 'id' | 'appid' | 'openid' | 'unionid'> {
  readonly proof: string
  /** Null where there is no unionid. */
  readonly unionidProof: string | null
}
