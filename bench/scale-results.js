const { spread } = require('./statistics')

/**
 * What the rounds at one store came to. A point's `ratio` is its CPU over that of the first point of
 * its line, of the same round. `hitShare` is how many of 1 checks find their session remembered
 * when everybody comes equally often.
 */
function resultOf({ name, title, cached }, rounds, { sizes, connections }) {
  const point = (subject, baseline) => {
    const of = field => spread(rounds.map(round => round[subject][field]))
    return {
      cpuUs: of('cpuUs'),
      storeUs: of('storeUs'),
      ratio: spread(rounds.map(round => round[subject].cpuUs / round[baseline].cpuUs)),
      refusedShare: of('refusedShare'),
      perSecond: of('perSecond'),
      p50Ms: of('p50Ms'),
      p99Ms: of('p99Ms'),
    }
  }
  return {
    name,
    title,
    sessions: sizes.map(size => ({
      at: size,
      hitShare: Math.min(1, cached / size),
      ...point(`sessions ${size}`, `sessions ${sizes[0]}`),
    })),
    connections: connections.map(count => ({
      at: count,
      ...point(`connections ${count}`, `connections ${connections[0]}`),
    })),
  }
}

module.exports = { resultOf }
