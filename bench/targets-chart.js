const { line, picture, rect, text } = require('./svg')

const WIDTH = 880
const LEFT = 390
const RIGHT = 56
const TOP = 64
const ROW = 20
const GAP = 20
const BAR = 13
/** A bracket that reaches further is cut: one bad round must not shrink the rest of the picture. */
const MOST = 2

const TITLE = 'CPU 倍数，越短越好 / CPU ratio, shorter is better'

/** The targets of some results, such as one for each Node, as a picture: bars, brackets and goals. */
function targetsChart(results) {
  const ids = results[0].targets
    .map(({ id }) => id)
    .filter(id => results.some(each => targetOf(each, id).ratio))
  const most = Math.min(MOST, Math.max(...reachesOf(results)) * 1.05)
  const at = ratio => LEFT + (Math.min(ratio, most) / most) * (WIDTH - LEFT - RIGHT)
  const groupHeight = results.length * ROW + GAP
  const height = TOP + ids.length * groupHeight + 8
  return picture({ width: WIDTH, height, title: TITLE }, [
    text(16, 26, 'title', TITLE),
    ...legend(results),
    ...grid(most, at, height),
    ...ids.flatMap((id, group) => {
      const top = TOP + group * groupHeight
      const { work, against } = targetOf(results[0], id)
      return [
        text(LEFT - 10, top + 10, 'right', plain(`${work.zh} ÷ ${against.zh}`)),
        text(LEFT - 10, top + 25, 'small right', plain(`${work.en} ÷ ${against.en}`)),
        ...results.flatMap((each, index) => bar(targetOf(each, id), index, top + index * ROW, at)),
      ]
    }),
  ])
}

const targetOf = ({ targets }, wanted) => targets.find(({ id }) => id === wanted)
const plain = words => words.replaceAll('`', '')

function reachesOf(results) {
  return results.flatMap(({ targets }) =>
    targets.flatMap(({ ratio, goal = 0 }) => (ratio ? [ratio.max, goal] : [goal])),
  )
}

function legend(results) {
  const marks = results.flatMap(({ node }, index) => [
    rect(LEFT + index * 130, 38, 12, 12, `c${index}`),
    text(LEFT + index * 130 + 18, 48, '', `Node ${node.slice(1)}`),
  ])
  const x = LEFT + results.length * 130
  return [...marks, line(x, 36, x, 52, 'goal'), text(x + 8, 48, '', '目标 / target')]
}

function grid(most, at, height) {
  const steps = Array.from({ length: Math.floor(most / 0.25) + 1 }, (_, i) => i * 0.25)
  return steps.flatMap(ratio => [
    line(at(ratio), TOP - 6, at(ratio), height - 14, ratio === 1 ? 'axis' : 'grid'),
    text(at(ratio), height - 3, 'small middle', ratio % 0.5 === 0 ? ratio.toFixed(1) : ' '),
  ])
}

function bar({ ratio, goal }, index, top, at) {
  const mark = goal === undefined ? [] : [line(at(goal), top - 2, at(goal), top + BAR + 3, 'goal')]
  if (!ratio) return mark
  const { median, min, max } = ratio
  const middle = top + BAR / 2
  return [
    rect(at(0), top, at(median) - at(0), BAR, `c${index}`),
    line(at(min), middle, at(max), middle, 'bracket'),
    line(at(min), middle - 3, at(min), middle + 3, 'bracket'),
    line(at(max), middle - 3, at(max), middle + 3, 'bracket'),
    ...mark,
    text(WIDTH - RIGHT + 8, top + 11, '', median.toFixed(2)),
  ]
}

module.exports = { targetsChart }
