/** The databases whose SQL differs. */
export type SqlDialect = 'sqlite' | 'postgres' | 'mysql'

/**
 * Tables as statements name them; in the database each name begins with the service's table prefix.
 * Times are milliseconds since 1970. What is true or false is 1 or 0.
 */
export interface Tables {
  users: {
    id: string
    appid: string
    openid: string
    unionid: string | null
    nickname: string | null
    avatar_url: string | null
    phone_number: string | null
    /** Of the user's newest session_key; see `session-key-hash.ts`. */
    key_hash: string
    key_at: number
    key_checked_at: number | null
    key_valid: number | null
    created_at: number
    last_login_at: number
    /** Since when the user may not log in; null for all others. */
    disabled_at: number | null
    disabled_reason: string | null
    /** See `contract/users.ts`. */
    proof: string | null
    unionid_proof: string | null
  }
  sessions: {
    id: string
    user_id: string
    sealed: string
    /** See `session-key-hash.ts`. */
    key_hash: string
    created_at: number
    expires_at: number
    /** null until a use is noted. */
    last_used_at: number | null
  }
  login_codes: {
    hash: string
    status: 'claimed' | 'done' | 'failed'
    owner: string
    idempotency_hash: string | null
    claimed_at: number
    settled_at: number | null
    /** Of version 0.1, not written any more. */
    session_id: string | null
    session_ref: string | null
    user_id: string | null
    is_new_user: number
    error: string | null
    wx_errcode: number | null
    expires_at: number
  }
  call_counts: {
    key: string
    count: number
    ends_at: number
  }
  shared_values: {
    key: string
    value: string
    expires_at: number
  }
  /** One row: the sealed key of the users' proofs. */
  data_keys: {
    name: string
    sealed: string
  }
}

export type TableName = keyof Tables

export const TABLE_NAMES: readonly TableName[] = [
  'users',
  'sessions',
  'login_codes',
  'call_counts',
  'shared_values',
  'data_keys',
]
