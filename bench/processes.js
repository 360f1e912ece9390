const { readdirSync, readFileSync, readlinkSync } = require('node:fs')
const { cpuSeconds } = require('./cpu-time')

/**
 * The process among `pids` that serves the connection whose other end is at `localPort`, by the
 * system's tables: workers share a port, and their answers do not tell who gave them.
 */
function ownerOfConnection(pids, localPort) {
  const remote = localPort.toString(16).toUpperCase().padStart(4, '0')
  const rows = readFileSync('/proc/net/tcp', 'latin1').split('\n')
  for (const row of rows) {
    const [, , far = '', , , , , , , inode] = row.trim().split(/\s+/)
    if (!far.endsWith(`:${remote}`)) continue
    const owner = pids.find(pid => socketsOf(pid).has(`socket:[${inode}]`))
    if (owner !== undefined) return owner
  }
  return undefined
}

function socketsOf(pid) {
  const folder = `/proc/${pid}/fd`
  return new Set(
    readdirSync(folder).map(name => {
      try {
        return readlinkSync(`${folder}/${name}`)
      } catch {
        return undefined
      }
    }),
  )
}

/** The processes that a process started. */
function childrenOf(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

/** Seconds of CPU of a process and of those that it started: PostgreSQL has one for each connection. */
const cpuSecondsOfAll = pid =>
  [pid, ...childrenOf(pid)].reduce((sum, each) => sum + cpuSeconds(each), 0)

module.exports = { childrenOf, cpuSecondsOfAll, ownerOfConnection }
