const os = require('node:os')

/** What figures depend on, in a line. */
function machine() {
  const cpus = os.cpus()
  const day = new Date().toISOString().slice(0, 10)
  return `${day}, Node ${process.version}, ${os.type()} ${os.arch()}, ${cpus.length} x ${cpus[0]?.model.trim()}`
}

module.exports = { machine }
