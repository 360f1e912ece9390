const { cpuSeconds } = require('./cpu-time')
const { cpuSecondsOfAll } = require('./processes')

/**
 * Seconds of CPU that a server used between two moments, and its store where `storePid` says which
 * process that is. It runs from its making on; `start` begins again, and `stop` ends it before `read`.
 */
function createMeter({ pid, storePid }) {
  const now = () => ({
    at: performance.now(),
    cpu: cpuSeconds(pid),
    storeCpu: storePid ? cpuSecondsOfAll(storePid) : 0,
  })
  let from = now()
  let to
  return {
    start() {
      from = now()
    },
    stop() {
      to = now()
    },
    read() {
      to ??= now()
      const { at, cpu, storeCpu } = from
      return {
        seconds: (to.at - at) / 1000,
        cpu: to.cpu - cpu,
        storeCpu: to.storeCpu - storeCpu,
      }
    },
  }
}

module.exports = { createMeter }
