import { act } from './actions.mjs'
import { button, element, show } from './element.mjs'
import { COMMON, NAMED, nameOfFault } from './faults.mjs'
import { state } from './state.mjs'
import { words } from './words.mjs'

/** Stays open while the rest is drawn anew. */
let isOpen = false

function faultButton(fault, text, id) {
  const isArmed = state.fault !== undefined && nameOfFault(state.fault) === nameOfFault(fault)
  return button(text, () => act.arm(fault), { class: 'chip', id, 'aria-pressed': String(isArmed) })
}

export function drawFaults() {
  const w = words()
  const common = COMMON.map(({ word, fault }) =>
    faultButton(fault, w[`fault_${word}`], `fault-${word}`),
  )
  const named = NAMED.map(name => faultButton({ transport: name }, name, `named-${name}`))
  const all = element(
    'details',
    {
      ...(isOpen && { open: '' }),
      ontoggle: ({ target }) => {
        isOpen = target.open
      },
    },
    element('summary', { id: 'all-faults' }, w.allFaults),
    element('div', { class: 'chips mono' }, named),
  )
  show(
    'faults',
    element('p', { class: 'note' }, w.faultsNote),
    element('div', { class: 'chips' }, common),
    state.fault && button(w.tryNow, () => act.logIn(), { class: 'primary wide', id: 'try-here' }),
    all,
  )
}
