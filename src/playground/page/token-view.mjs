import { act } from './actions.mjs'
import { button, element, show } from './element.mjs'
import { jwtParts } from './jwt-parts.mjs'
import { state } from './state.mjs'
import { clockTime, words } from './words.mjs'

const MOMENTS = new Set(['iat', 'exp'])
/** What must never be readable in a token. */
const SECRET = /openid|unionid|session_?key|secret/i

function shownAs(name, value) {
  if (MOMENTS.has(name)) return `${value} (${clockTime(value * 1000)})`
  return String(value)
}

function claims(part, kind) {
  const rows = Object.entries(part).map(([name, value]) =>
    element(
      'div',
      { class: `claim ${name === 'enc' ? 'sealed' : ''}` },
      element('dt', {}, element('code', {}, name)),
      element(
        'dd',
        {},
        element('span', { class: 'value' }, shownAs(name, value)),
        element('span', { class: 'meaning' }, words().claims[name] ?? ''),
      ),
    ),
  )
  return element('dl', { class: `claims ${kind}` }, rows)
}

export function drawToken() {
  const w = words()
  const parts = state.token && jwtParts(state.token)
  if (!parts) {
    show('token', element('p', { class: 'empty' }, w.noToken))
    return
  }
  const { header, payload, signature } = parts
  const shows = [...Object.keys(header), ...Object.keys(payload)].some(name => SECRET.test(name))
  const [first, second, third] = state.token.split('.')
  show(
    'token',
    element(
      'p',
      { class: `verdict ${shows ? 'bad' : 'good'}`, id: 'verdict' },
      shows ? w.showsSome : w.hidesAll,
    ),
    element(
      'p',
      { class: 'raw', id: 'raw-token', tabindex: '0', role: 'group', 'aria-label': 'JWT' },
      element('span', { class: 'header' }, first),
      '.',
      element('span', { class: 'payload' }, second),
      '.',
      element('span', { class: 'signature' }, third),
    ),
    claims(header, 'header'),
    claims(payload, 'payload'),
    element('p', { class: 'note' }, `${w.signature}: ${signature.slice(0, 12)}… ${w.readHere}`),
    button(w.tamper, () => act.tampered(), { class: 'small wide', id: 'tamper' }),
  )
}
