// npm run bench:compare -- A.json B.json: what two runs of `npm run bench` differ in.
const { readFileSync } = require('node:fs')
const { columns, range } = require('./report')

/**
 * Each target of two results, the second against the first. The least that the change may be is the
 * second's least over the first's most, and the other way round. A change whose reach holds 1 is
 * within the brackets: the rounds themselves differed by as much.
 */
function compare(first, second) {
  return first.targets.flatMap(({ id, work, against, ratio: a }) => {
    const b = second.targets.find(target => target.id === id)?.ratio
    if (!a || !b) return []
    const change = { median: b.median / a.median, min: b.min / a.max, max: b.max / a.min }
    const isWithin = change.min <= 1 && change.max >= 1
    const verdict = isWithin ? 'within the brackets' : change.median < 1 ? 'cheaper' : 'dearer'
    return [{ id, work, against, first: a, second: b, change, verdict }]
  })
}

/** The comparison as text for people. */
function comparison(first, second) {
  const rows = compare(first, second).map(({ work, first: a, second: b, change, verdict }) => [
    work.en.replaceAll('`', ''),
    range(a, 2),
    range(b, 2),
    range(change, 2),
    verdict,
  ])
  const runs = [first, second].map(({ machine }, number) => `${'AB'[number]}: ${machine}`)
  const head = ['CPU ratio of', 'A', 'B', 'B / A', '']
  return `${runs.join('\n')}\n\n${columns([head, ...rows])}`
}

if (require.main === module) {
  const files = process.argv.slice(2)
  if (files.length !== 2) throw new Error('which two? npm run bench:compare -- A.json B.json')
  const [first, second] = files.map(file => JSON.parse(readFileSync(file, 'utf8')))
  process.stdout.write(`${comparison(first, second)}\n`)
}

module.exports = { compare, comparison }
