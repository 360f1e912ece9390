/**
 * Runs a bench to its end, and stops what it started whichever end that is: done, failed, told by
 * a signal, or not done after `limitMs`. `work` gets a function that takes what to do at the end;
 * the last one given is done first.
 */
function runBounded(limitMs, work) {
  const cleanUps = []
  let cleaned
  const cleanUp = () => {
    cleaned ??= (async () => {
      for (const undo of cleanUps.reverse()) await undo()
    })()
    return cleaned
  }
  const giveUp = reason => {
    process.stderr.write(`bench: ${reason}\n`)
    cleanUp().finally(() => process.exit(1))
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => giveUp(signal))
  const watchdog = setTimeout(() => giveUp('took far too long'), limitMs)

  work(undo => cleanUps.push(undo))
    .finally(cleanUp)
    .catch(error => {
      const { message, reason } = error
      process.stderr.write(`bench: ${message}${reason ? ` (${reason})` : ''}\n`)
      process.exitCode = 1
    })
    .finally(() => clearTimeout(watchdog))
}

module.exports = { runBounded }
