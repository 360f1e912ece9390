import { toneOf } from './answer-view.mjs'
import { element, show } from './element.mjs'
import { nameOfFault } from './faults.mjs'
import { change, state } from './state.mjs'
import { clockTime, words } from './words.mjs'

/** What WeChat did with one call: its gift, its refusal, or what became of the answer. */
function answerOf({ path, errcode, fault }) {
  const w = words()
  if (errcode !== undefined) return { text: `errcode ${errcode}`, tone: 'bad' }
  if (fault) return { text: `${w.fault}: ${nameOfFault(fault)}`, tone: 'bad' }
  return { text: w.gave[path] ?? w.done, tone: 'good' }
}

function outcomeOf(exchange) {
  const { status, body } = exchange
  const word =
    body?.error ?? (body?.token !== undefined ? 'token' : body?.next && `next: ${body.next}`) ?? ''
  return { text: `${status || words().noAnswer} ${word}`.trim(), tone: toneOf(exchange) }
}

/** Every step of an exchange, from one of the three to another; of a pending one, those so far. */
function stepsOf(exchange) {
  const { method, path, before, calls } = exchange
  const w = words()
  const asked = [
    ...before.map(step => ({ ...step, text: step.text ?? w.steps[step.word] })),
    { from: 'phone', to: 'server', text: `${method} ${path}` },
  ]
  if (calls === undefined) return asked
  return [
    ...asked,
    ...calls.flatMap(call => [
      { from: 'server', to: 'wechat', text: `${call.method} ${call.path}` },
      { from: 'wechat', to: 'server', ...answerOf(call) },
    ]),
    { from: 'server', to: 'phone', ...outcomeOf(exchange) },
  ]
}

/** A long path or name may break between its parts. */
function breakable(text) {
  const parts = text.split(/(?<=\/)(?=\w{5})|(?<=[a-z]_)/)
  return parts.flatMap((part, i) => (i > 0 ? [element('wbr'), part] : [part]))
}

function drawStep({ from, to, text, tone = '' }) {
  const { lanes } = words()
  return element(
    'li',
    { class: `step ${from}-${to} ${tone}` },
    element('span', { class: 'unseen' }, `${lanes[from]} → ${lanes[to]}: `),
    element('span', { class: 'arrow' }, element('span', { class: 'says' }, breakable(text))),
  )
}

function drawExchange(exchange) {
  const { id, title, name, at } = exchange
  const isShown = id === undefined || (state.shown === id && !state.pending)
  const head = element(
    'button',
    {
      type: 'button',
      class: 'exchange-head',
      id: `exchange-${id ?? 'pending'}`,
      'aria-pressed': String(isShown),
      onclick: () => id !== undefined && change({ shown: id }),
    },
    element('span', {}, words().call[title ?? name]),
    element('time', {}, clockTime(at)),
  )
  const steps = element('ol', { class: 'steps' }, stepsOf(exchange).map(drawStep))
  return element('li', { class: `exchange ${isShown ? 'is-shown' : ''}` }, head, steps)
}

/** How a login goes, before anybody has logged in. */
function drawSample(text) {
  const sample = {
    method: 'POST',
    path: '/login',
    status: 200,
    body: { token: '' },
    before: [
      { from: 'phone', to: 'wechat', text: 'wx.login()' },
      { from: 'wechat', to: 'phone', word: 'loginCode' },
    ],
    calls: [{ method: 'GET', path: '/sns/jscode2session' }],
  }
  const steps = stepsOf(sample).map(step => drawStep({ ...step, tone: '' }))
  return element(
    'div',
    { class: 'sample' },
    element('p', { class: 'note' }, text),
    element('ol', { class: 'steps' }, steps),
  )
}

export function drawTimeline() {
  const { lanes, emptyTimeline } = words()
  document.getElementById('clear').hidden = state.exchanges.length === 0
  const names = ['phone', 'server', 'wechat'].map(lane => element('span', {}, lanes[lane]))
  const all = [...(state.pending ? [state.pending] : []), ...state.exchanges]
  const list = element('ol', { class: 'exchanges' }, all.map(drawExchange))
  show(
    'timeline',
    element('div', { class: 'lanes', 'aria-hidden': 'true' }, names),
    all.length > 0 ? list : drawSample(emptyTimeline),
  )
}
