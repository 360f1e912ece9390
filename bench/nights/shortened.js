const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 }

/** A rule or a query whose windows, and whose `for`, are so many times shorter; at least 2 s. */
function shortened(text, factor) {
  if (factor === 1) return text
  const less = (count, unit) => `${Math.max(2, Math.round((count * SECONDS[unit]) / factor))}s`
  return text
    .replace(/\[(\d+)([smhd])\]/g, (_, count, unit) => `[${less(count, unit)}]`)
    .replace(/for: (\d+)([smhd])/g, (_, count, unit) => `for: ${less(count, unit)}`)
}

module.exports = { shortened }
