const { randomUUID } = require('node:crypto')
const { setTimeout: sleep } = require('node:timers/promises')

/** A person gives up after so long. */
const PATIENCE_MS = 60_000
const LONGEST_WAIT_MS = 3000

/**
 * One person with a mini program that does what an answer's `action` says: `login` means `wx.login`
 * again, `wait` and `retry` mean the same request a little later. An answer that was lost is asked
 * for again, at the other instance, with the same Idempotency-Key.
 */
function createUser({ ask, simulator, random, note }) {
  /** Asks until there is an answer: an instance that was killed gives none. */
  async function answered(method, path, options, end) {
    for (;;) {
      const begun = performance.now()
      try {
        const answer = await ask(method, path, options)
        note.time(path, performance.now() - begun)
        if (answer.status !== 503 || answer.body.action === 'login') return answer
        await sleep(waitOf(answer))
      } catch {
        note.lost()
        await sleep(50)
      }
      if (performance.now() > end) return undefined
    }
  }

  const waitOf = ({ body }) => Math.min((body.retry_after ?? 0.2) * 1000, LONGEST_WAIT_MS)

  /** Logs in as this person. Resolves to the token, or to undefined when the person gave up. */
  async function logIn(user) {
    const end = performance.now() + PATIENCE_MS
    while (performance.now() < end) {
      const code = simulator.mintCode({ user })
      const key = randomUUID()
      const headers = { 'Idempotency-Key': key }
      const send = () => answered('POST', '/login', { body: { code }, headers }, end)
      // One in ten is sent twice at once, as by a button that is tapped twice.
      const answers = await Promise.all(random.chance(0.1) ? [send(), send()] : [send()])
      const good = answers.filter(answer => answer?.status === 200)
      note.sessions(good.map(({ body }) => body.token))
      if (good.length > 0) return good[0].body.token
      const [refused] = answers
      if (refused && refused.body.action !== 'login') note.wrong(refused)
      note.again(refused?.body.error ?? 'no answer')
      await sleep(refused ? waitOf(refused) : 50)
    }
    return undefined
  }

  /** A code that WeChat never gave: it logs nobody in. */
  async function tryInvalid() {
    const body = { code: `invalid-${randomUUID()}` }
    const answer = await answered('POST', '/login', { body }, performance.now() + PATIENCE_MS)
    if (answer?.status === 200) note.wrong(answer)
  }

  const check = token => answered('GET', '/checklogin', { token }, performance.now() + PATIENCE_MS)
  const logOut = token => answered('POST', '/logout', { token }, performance.now() + PATIENCE_MS)

  return { logIn, tryInvalid, check, logOut }
}

module.exports = { createUser }
