const { randomBytes, timeOrderedId } = require('../dist/token/random')

const DAY_MS = 86_400_000
const SESSION_MS = 30 * DAY_MS
const CODE_MS = 600_000

const random = bytes => randomBytes(bytes).toString('base64url')
const digest = () => random(17).slice(1)
/** As `token/seal.ts` writes it: a key's name, then nonce, openid and session_key, tag. */
const sealed = () => `${random(6)}.${random(90)}`

/** A user's name at WeChat, as long as a real one. */
const randomOpenid = () => `o${random(21).slice(1)}`

/**
 * What `login/login.ts` hands to the store for one login. Every value is new, random and as long
 * as a real one: values that come in order fill pages better, and unchanged ones are not written.
 */
function sampleLogin(openid) {
  const now = Date.now()
  return {
    codeHash: digest(),
    owner: random(12),
    sessionId: random(24),
    newUserId: timeOrderedId(now),
    appid: 'wx0123456789abcdef',
    openid,
    unionid: null,
    sealed: sealed(),
    proof: random(19),
    unionidProof: null,
    sessionRef: `${random(6)}.${random(74)}`,
    sessionKeyHash: digest(),
    now,
    expiresAt: now + SESSION_MS,
  }
}

/** Takes the login's code, as the service does before it asks WeChat. */
function claimOf({ codeHash, owner, now }) {
  return { codeHash, owner, idempotencyHash: null, now, expiresAt: now + CODE_MS }
}

module.exports = { claimOf, randomOpenid, sampleLogin }
