const escaped = text =>
  String(text).replace(
    /[&<>"]/g,
    sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign],
  )

/** One element; `children` are elements, or a text. */
function element(name, attributes, children = []) {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined)
  const list = given.map(([key, value]) => ` ${key}="${escaped(rounded(value))}"`).join('')
  const inside = Array.isArray(children) ? children.join('\n') : escaped(children)
  return inside ? `<${name}${list}>${inside}</${name}>` : `<${name}${list}/>`
}

const rounded = value => (typeof value === 'number' ? Number(value.toFixed(1)) : value)

const line = (x1, y1, x2, y2, style) => element('line', { x1, y1, x2, y2, class: style })
const rect = (x, y, width, height, style) => element('rect', { x, y, width, height, class: style })
const text = (x, y, style, words) => element('text', { x, y, class: style }, words)

/** Every colour stands twice, so that the picture is readable on a light and on a dark page. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .small { font-size: 11px; fill: #59636e } .title { font-weight: 600; font-size: 14px }
  .right { text-anchor: end } .middle { text-anchor: middle }
  .paper { fill: #ffffff } .grid { stroke: #d1d9e0 } .axis { stroke: #818b98 }
  .c0 { fill: #0969da } .c1 { fill: #1a7f37 } .c2 { fill: #9a6700 } .c3 { fill: #8250df } .c4 { fill: #bc4c00 }
  .l0 { stroke: #0969da } .l1 { stroke: #1a7f37 } .l2 { stroke: #9a6700 } .l3 { stroke: #8250df } .l4 { stroke: #bc4c00 }
  .l0, .l1, .l2, .l3, .l4 { fill: none; stroke-width: 2 }
  .bracket { stroke: #1f2328; stroke-width: 1.2 } .goal { stroke: #cf222e; stroke-width: 2.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .small { fill: #9198a1 } .paper { fill: #0d1117 }
    .grid { stroke: #2f353d } .axis { stroke: #656c76 }
    .c0 { fill: #4493f8 } .c1 { fill: #3fb950 } .c2 { fill: #d29922 } .c3 { fill: #ab7df8 } .c4 { fill: #f0883e }
    .l0 { stroke: #4493f8 } .l1 { stroke: #3fb950 } .l2 { stroke: #d29922 } .l3 { stroke: #ab7df8 } .l4 { stroke: #f0883e }
    .bracket { stroke: #f0f6fc } .goal { stroke: #ff7b72 }
  }`

/** A whole picture with a title that screen readers read out. */
function picture({ width, height, title }, children) {
  const size = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
  }
  return `${element('svg', { ...size, role: 'img' }, [
    element('title', {}, title),
    `<style>${STYLE}</style>`,
    element('rect', { width, height, rx: 6, class: 'paper' }),
    ...children,
  ])}\n`
}

module.exports = { element, line, picture, rect, text }
