const KEPT = 'miniprogram-login-playground'

/** All that the page shows. It is drawn anew after each change. */
export const state = {
  language: 'zh',
  /** Whose phone it is. */
  user: 'alice',
  token: undefined,
  /** The answer of `GET /me`. */
  profile: undefined,
  /** The answer of `GET /sessions`, when the person looks at it. */
  sessions: undefined,
  /** What the phone button, or `/decrypt`, gave last. */
  phoneNumber: undefined,
  /** The answer of `/checklogin`, and when it came by the server's clock. */
  login: undefined,
  /** The server's clock against this machine's, ms; whether it can be put forward. */
  aheadMs: 0,
  clockMoves: false,
  /** The fault that waits for the next call of WeChat. */
  fault: undefined,
  /** What happened, newest first. */
  exchanges: [],
  /** The one whose answer has not come yet. */
  pending: undefined,
  /** The one whose answer is shown. */
  shown: undefined,
  /** How the answer's code is written: `curl`, `wx` or `sdk`. */
  code: 'curl',
  isBusy: false,
  /** Whether the server did not answer the page itself. */
  hasTrouble: false,
}

let draw = () => {}

/** @param drawAll shows the state */
export function onChange(drawAll) {
  draw = drawAll
}

export function change(fields) {
  Object.assign(state, fields)
  keep()
  draw()
}

/** What a real phone keeps in its storage; here it lasts as long as the tab. */
function keep() {
  const { language, user, token } = state
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ language, user, token }))
  } catch {
    // A browser without storage: the page then forgets all when it is loaded anew.
  }
}

export function recall() {
  state.language = navigator.language.startsWith('zh') ? 'zh' : 'en'
  try {
    Object.assign(state, JSON.parse(sessionStorage.getItem(KEPT) ?? '{}'))
  } catch {
    // As above.
  }
}

/** Milliseconds since 1970 by the server's clock. */
export const serverNow = () => Date.now() + state.aheadMs
