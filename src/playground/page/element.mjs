/**
 * An element with its attributes and children. Text becomes a text node and never markup, wherever
 * it came from.
 *
 * @param attributes a name that begins with `on` is a listener; false and undefined leave it out
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value)
    else if (value !== undefined && value !== false) made.setAttribute(name, value)
  }
  made.append(...children.flat().filter(child => child != null && child !== false))
  return made
}

export function button(content, act, attributes = {}) {
  return element('button', { type: 'button', onclick: act, ...attributes }, content)
}

/**
 * Puts other children into a place, and keeps the focus on the element that has the same id. Where
 * that one is gone, the place itself gets it: a keyboard goes on from there.
 */
export function show(id, ...children) {
  const place = document.getElementById(id)
  const focused = place.contains(document.activeElement) ? document.activeElement.id : ''
  place.replaceChildren(...children.flat().filter(Boolean))
  if (!focused) return
  const next = document.getElementById(focused) ?? place
  if (next === place) place.tabIndex = -1
  next.focus({ preventScroll: true })
}
