import { act } from './actions.mjs'
import { button, element, show } from './element.mjs'
import { serverNow, state } from './state.mjs'
import { duration, words } from './words.mjs'

const MINUTES = [6, 95, 125]
const TONES = {
  fresh: 'good',
  unknown: 'plain',
  replaced: 'warn',
  none: 'good',
  renew: 'warn',
  login: 'bad',
}

function fact(name, value, meaning) {
  return element(
    'div',
    { class: 'fact' },
    element('dt', {}, element('code', {}, name)),
    element(
      'dd',
      {},
      element('span', { class: `pill ${TONES[value] ?? 'plain'}`, id: `fact-${name}` }, value),
      element('span', { class: 'meaning' }, meaning),
    ),
  )
}

function secondsLeft() {
  const { login } = state
  return login.expires_in - (serverNow() - login.at) / 1000
}

function facts(login) {
  const w = words()
  const { session_key: sessionKey, next, reason } = login
  return element(
    'dl',
    { class: 'facts' },
    fact('session_key', sessionKey, w.sessionKey[sessionKey]),
    fact('next', next, w.next[next]),
    reason && fact('reason', reason, ''),
  )
}

function clock() {
  const w = words()
  if (!state.clockMoves) return element('p', { class: 'note' }, w.clockFixed)
  const minutes = Math.round(state.aheadMs / 60_000)
  const buttons = MINUTES.map(many =>
    button(w.minutes[many], () => act.forward(many), { class: 'small', id: `forward-${many}` }),
  )
  return element(
    'div',
    { class: 'clock', role: 'group', 'aria-label': w.fastForward },
    element('span', { class: 'muted' }, w.fastForward),
    buttons,
    minutes > 0 && element('p', { class: 'note' }, `${w.ahead} ${minutes} ${w.aheadUnit}`),
  )
}

export function drawState() {
  const w = words()
  const { login } = state
  const isLogin = login ? String(login.is_login) : 'unknown'
  const left = login?.is_login
    ? element('span', { class: 'muted' }, `${w.left} `, element('span', { id: 'left' }))
    : undefined
  show(
    'state',
    element('p', { class: `is-login ${isLogin}`, id: 'is-login' }, w.isLogin[isLogin], left),
    login && facts(login),
    state.token && clock(),
    state.token && button(w.rotate, () => act.rotate(), { class: 'small wide', id: 'rotate' }),
  )
  tick()
}

/** The seconds that a token has left run down while somebody looks. */
export function tick() {
  const place = document.getElementById('left')
  if (place && state.login) place.textContent = duration(secondsLeft())
}
