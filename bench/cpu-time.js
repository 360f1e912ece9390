const { readFileSync } = require('node:fs')

/** Linux counts in hundredths of a second, whatever its own clock runs at. */
const TICKS_PER_SECOND = 100

/** Whether this machine tells what another process used. */
function canMeasure() {
  try {
    return cpuSeconds(process.pid) >= 0
  } catch {
    return false
  }
}

/** Seconds of CPU that a process used so far, in user and in system mode, all its threads together. */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name in parentheses may hold blanks: count from behind it. See proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

module.exports = { canMeasure, cpuSeconds }
