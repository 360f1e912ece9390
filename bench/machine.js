const { execFileSync } = require('node:child_process')
const os = require('node:os')

/** What figures depend on, in a line. The servers may run under another Node than the bench. */
function machine(nodeVersion = process.version) {
  const cpus = os.cpus()
  const day = new Date().toISOString().slice(0, 10)
  return `${day}, Node ${nodeVersion}, ${os.type()} ${os.arch()}, ${cpus.length} x ${cpus[0]?.model.trim()}`
}

/** How many programs wanted a core in the last minute; above the bench's own two or three, others ran. */
const loadAverage = () => os.loadavg()[0]

/** The version of a Node by its path, such as `v24.1.0`. */
function versionOf(node) {
  return node === process.execPath
    ? process.version
    : execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
}

module.exports = { loadAverage, machine, versionOf }
