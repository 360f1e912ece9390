const { randomUUID } = require('node:crypto')
const { setTimeout: sleep } = require('node:timers/promises')
const { askOnce } = require('./client')

/** A button that is tapped twice sends its code again within this time. */
const DOUBLE_TAP_MS = 100
const DUPLICATE = 0.1
const INVALID = 0.05

/**
 * People who log in at one server: one in ten sends its code twice, one in twenty shows a code that
 * WeChat never gave. The random numbers are the same for every server.
 */
function createPeople({ random, count }) {
  return Array.from({ length: count }, (_, number) => {
    const isInvalid = random.chance(INVALID)
    const isTwice = !isInvalid && random.chance(DUPLICATE)
    const name = `${random.text('abcdefghijklmnopqrstuvwxyz', 20)}${number}`.padEnd(27, '0')
    return {
      openid: `o${name}`,
      codes: (isInvalid ? ['bad00', 'bad01'] : ['fit00', 'fit01']).map(each => `${each}${name}`),
      isInvalid,
      secondTapMs: isTwice ? random.below(DOUBLE_TAP_MS) : undefined,
    }
  })
}

/**
 * One login as a mini program does it: no answer within 10 s, or one that says a fault of the
 * server, and the same code is sent once more. With `hasSdk` it does what our client library does:
 * the same, with an Idempotency-Key, and where the answer's action is `login` it takes one new code of
 * `wx.login`. Resolves to the token of the last answer that had one, which is the one that the mini
 * program keeps, and when it had it.
 */
async function logIn({ codes, secondTapMs }, { url, login, hasSdk }) {
  const headers = hasSdk ? { 'Idempotency-Key': randomUUID() } : {}
  const begin = performance.now()
  let kept
  async function send([code, ...newCodes], tries = 2) {
    const answer = await ask(url, login, code, headers).catch(() => undefined)
    const { token, action, retry_after: pause } = answer?.body ?? {}
    const isFault = answer === undefined || (!hasSdk && answer.status >= 500)
    if (typeof token === 'string') kept = { token, ms: performance.now() - begin }
    else if (tries > 1 && isFault) await send([code, ...newCodes], tries - 1)
    else if (hasSdk && action === 'login' && !pause && newCodes.length > 0) await send(newCodes)
  }
  const tapAgain = async () => {
    await sleep(secondTapMs)
    await send(codes)
  }
  // Our library makes one login of two taps.
  const isTwice = secondTapMs !== undefined && !hasSdk
  await Promise.all([send(codes), ...(isTwice ? [tapAgain()] : [])])
  return kept
}

async function ask(url, { method, path, body }, code, headers) {
  const { status, text } = await askOnce(url, {
    method,
    path: path.replace('{code}', code),
    headers,
    body: body?.replace('{code}', code),
  })
  return { status, body: JSON.parse(text) }
}

module.exports = { createPeople, logIn }
