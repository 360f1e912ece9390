const { spread } = require('./statistics')
const { SUBJECTS } = require('./subjects')
const { TARGETS, goalOf } = require('./targets')

const FIELDS = ['cpuUs', 'perSecond', 'busy', 'p50Ms', 'p99Ms']

/**
 * What rounds came to, as it is written into a JSON file: every figure as its median over the rounds
 * with the least and the most. `context` says on what they were measured; `skipped` why a server is
 * missing, by its name.
 */
function resultsOf(rounds, context, skipped = {}) {
  const measured = SUBJECTS.filter(({ name }) => name in rounds[0])
  const of = (name, field) => spread(rounds.map(round => round[name][field]))
  return {
    bench: 'targets',
    ...context,
    rounds: rounds.length,
    figures: measured.map(({ name, title }) => ({
      name,
      title,
      ...Object.fromEntries(FIELDS.map(field => [field, of(name, field)])),
    })),
    targets: TARGETS.map(target => targetOf(target, rounds, context.node)),
    skipped,
  }
}

function targetOf(target, rounds, node) {
  const { id, work, against, needs } = target
  const isThere = needs.every(name => name in rounds[0])
  const goal = goalOf(target, node)
  return {
    ...{ id, work, against },
    ...(goal !== undefined && { goal }),
    ...(isThere && { ratio: spread(rounds.map(target.ratio)) }),
  }
}

/** `holds`, `missed`, or what keeps anybody from saying so. */
function verdictOf({ goal, ratio }) {
  if (!ratio) return 'not measured'
  if (goal === undefined) return 'no goal'
  return ratio.median <= goal ? 'holds' : 'missed'
}

module.exports = { resultsOf, verdictOf }
