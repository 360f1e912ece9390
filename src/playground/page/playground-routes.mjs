/** What the page asks of the playground's own routes: the phone's part, WeChat's faults, the clock. */
async function ask(path, body) {
  const init = body && {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }
  const answer = await fetch(`/playground${path}`, init)
  const given = await answer.json()
  if (!answer.ok) throw new Error(given.message ?? given.error)
  return given
}

const simulator = (path, body = {}) => ask(`/simulator${path}`, body)

/** What wx.login gives. */
export const loginCode = async user => (await simulator('/codes', { user })).code
/** What the phone button gives. */
export const phoneCode = async user => (await simulator('/phone-codes', { user })).code
/** What the phone button gave before it gave codes: encrypted by the user's session_key. */
export const encryptedPhone = user => simulator('/phone-number', { user })
/** The next call of WeChat goes wrong. */
export const breakWeChat = fault => simulator('/faults', fault)
/** No fault waits any more. */
export const mendWeChat = () => simulator('/reset')
/** WeChat gives the user another session_key, of which our server hears nothing. */
export const rotateSessionKey = user => simulator('/session-keys/rotate', { user })
/** How many calls WeChat got so far, and the latest. */
export const wechatCalls = () => ask('/calls')
export const time = () => ask('/clock')
export const forward = seconds => ask('/clock', { seconds })
