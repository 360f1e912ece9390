const { element, line, picture, text } = require('./svg')

const [WIDTH, HEIGHT, PANEL, TOP, BOTTOM] = [880, 360, 360, 70, 60]
const LEFTS = [60, 490]
/** A bracket that reaches further is cut: one bad round must not shrink the rest of the picture. */
const MOST = 6

const TITLE = '一次检查的 CPU µs，越低越好 / CPU µs of a check, lower is better'
const PANELS = [
  { what: 'sessions', name: '会话 / sessions' },
  { what: 'connections', name: '连接 / connections' },
]

/** The result of `npm run bench:scale`: a panel for sessions, one for connections, a line a store. */
function scaleChart({ stores }) {
  const all = PANELS.flatMap(({ what }) => stores.flatMap(store => store[what]))
  const medians = Math.max(...all.map(({ cpuUs }) => cpuUs.median))
  const most = Math.min(MOST * medians, Math.max(...all.map(({ cpuUs }) => cpuUs.max))) * 1.05
  const y = us => HEIGHT - BOTTOM - (Math.min(us, most) / most) * (HEIGHT - TOP - BOTTOM)
  return picture({ width: WIDTH, height: HEIGHT, title: TITLE }, [
    text(16, 26, 'title', TITLE),
    ...stores.flatMap(({ title }, index) => [
      line(60 + index * 130, 46, 78 + index * 130, 46, `l${index}`),
      text(84 + index * 130, 50, '', title),
    ]),
    ...PANELS.flatMap((panel, index) => panelOf(stores, panel, LEFTS[index], { y, most })),
  ])
}

function panelOf(stores, { what, name }, left, { y, most }) {
  const places = stores[0][what].map(({ at }) => at)
  const [first, last] = [Math.log(places[0]), Math.log(places.at(-1))]
  const x = at => left + 10 + ((Math.log(at) - first) / (last - first)) * (PANEL - 40)
  return [
    ...stepsTo(most).flatMap(us => [
      line(left, y(us), left + PANEL - 20, y(us), us === 0 ? 'axis' : 'grid'),
      text(left - 6, y(us) + 4, 'small right', String(us)),
    ]),
    ...places.map(at => text(x(at), HEIGHT - 40, 'small middle', at.toLocaleString('en'))),
    text(left + PANEL / 2, HEIGHT - 16, 'middle', name),
    ...stores.flatMap((store, index) => curve(store[what], index, x, y)),
  ]
}

/** Four or five round numbers. */
function stepsTo(most) {
  const rough = most / 4
  const ten = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(n => n * ten).find(each => each >= rough)
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step)
}

function curve(points, index, x, y) {
  const path = points.map(({ at, cpuUs }) => `${x(at).toFixed(1)},${y(cpuUs.median).toFixed(1)}`)
  return [
    element('polyline', { points: path.join(' '), class: `l${index}` }),
    ...points.flatMap(({ at, cpuUs: { min, max } }) => [
      line(x(at), y(min), x(at), y(max), 'bracket'),
    ]),
  ]
}

module.exports = { scaleChart }
