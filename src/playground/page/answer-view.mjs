import { button, element, show } from './element.mjs'
import { snippetsOf } from './snippets.mjs'
import { change, state } from './state.mjs'
import { words } from './words.mjs'

/** Longer texts are cut where they are shown. A token has 500 letters. */
const MOST_LETTERS = 56

const cut = (_name, value) =>
  typeof value === 'string' && value.length > MOST_LETTERS
    ? `${value.slice(0, MOST_LETTERS)}…`
    : value

/** Good, the caller's fault, or somebody else's. */
export function toneOf({ status, body, name }) {
  if (status >= 200 && status < 300) return name === 'check' && !body.is_login ? 'warn' : 'good'
  return status >= 400 && status < 500 ? 'warn' : 'bad'
}

function headline(exchange) {
  const { method, path, status, ms } = exchange
  return element(
    'div',
    { class: 'headline' },
    element('code', { class: 'request' }, `${method} ${path}`),
    element('span', { class: `pill ${toneOf(exchange)}`, id: 'answer-status' }, statusText(status)),
    element('span', { class: 'muted' }, `${ms} ms`),
  )
}

const statusText = status => (status === 0 ? words().noAnswer : String(status))

/** A refusal in the language that is shown, the other language's text under it, and what to do. */
function refusal({ body }) {
  const w = words()
  const { message, message_en: english, action, retry_after: seconds, error } = body
  const [first, second] = state.language === 'zh' ? [message, english] : [english, message]
  const other = state.language === 'zh' ? 'en' : 'zh-CN'
  return [
    element('p', { class: 'said' }, first ?? message ?? error),
    second && element('p', { class: 'muted', lang: other }, second),
    element(
      'p',
      { class: 'next' },
      element('b', {}, w.nextStep),
      element('code', {}, action ?? 'retry'),
      element('span', {}, w.action[action] ?? w.action.retry),
      seconds && element('span', { class: 'muted' }, `retry_after ${seconds} ${w.seconds}`),
    ),
  ]
}

function advice(exchange) {
  const { title, name, status } = exchange
  const tone = toneOf(exchange)
  const isRefused = status === 0 || status >= 400
  const text = isRefused
    ? refusal(exchange)
    : [element('p', { class: 'said' }, words().ok[title ?? name])]
  return element('div', { class: `advice ${tone}`, id: 'advice' }, text)
}

const WAYS = [
  ['curl', 'curl'],
  ['wx', 'wx.request'],
  ['sdk', 'SDK'],
]

function codeChoice() {
  const options = WAYS.map(([value, text]) =>
    element(
      'label',
      {},
      element('input', {
        type: 'radio',
        name: 'code',
        id: `code-${value}`,
        value,
        checked: state.code === value,
        onchange: () => change({ code: value }),
      }),
      element('span', {}, text),
    ),
  )
  const legend = element('legend', { class: 'unseen' }, words().codeAs)
  return element('fieldset', { class: 'segments' }, legend, options)
}

async function copy(text, { target }) {
  const status = document.getElementById('status')
  const w = words()
  try {
    await navigator.clipboard.writeText(text)
    target.textContent = w.copied
  } catch {
    target.textContent = w.notCopied
  }
  status.textContent = target.textContent
}

function code(exchange) {
  const text = snippetsOf(exchange, words())[state.code]
  return [
    element(
      'div',
      { class: 'row' },
      codeChoice(),
      button(words().copy, event => copy(text, event), { class: 'quiet', id: 'copy' }),
    ),
    element('pre', { class: 'code', id: 'snippet', tabindex: '0', 'aria-label': state.code }, text),
  ]
}

function waiting({ method, path }) {
  const request = element('code', { class: 'request' }, `${method} ${path}`)
  return element(
    'div',
    { class: 'headline' },
    request,
    element('span', { class: 'pill' }, words().waiting),
  )
}

export function drawAnswer() {
  if (state.pending) {
    show('answer', waiting(state.pending))
    return
  }
  const exchange = state.exchanges.find(({ id }) => id === state.shown)
  if (!exchange) {
    show('answer', element('p', { class: 'empty' }, words().emptyAnswer))
    return
  }
  const { body } = exchange
  const json = body === undefined ? '' : JSON.stringify(body, cut, 2)
  show(
    'answer',
    headline(exchange),
    advice(exchange),
    json &&
      element('pre', { class: 'json', id: 'body', tabindex: '0', 'aria-label': 'JSON' }, json),
    ...code(exchange),
  )
}

/** One sentence for those who hear the page. */
export function sentenceOf({ method, path, status, body, name, title }) {
  const w = words()
  const said = state.language === 'zh' ? body?.message : body?.message_en
  const text = status >= 400 ? (said ?? '') : (w.ok[title ?? name] ?? '')
  return `${method} ${path} ${statusText(status)} ${text}`
}
