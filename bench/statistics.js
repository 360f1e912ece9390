/** The middle of some values and how far they reach. */
function spread(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  const median = (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2
  return { median, min: sorted[0], max: sorted.at(-1) }
}

/** The value that so many of a hundred do not exceed, of values in rising order. */
function percentile(sorted, percent) {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]
}

module.exports = { percentile, spread }
