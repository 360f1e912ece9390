const { setTimeout: sleep } = require('node:timers/promises')
const { answersBetween } = require('./people')
const { look } = require('./dashboard')

const POLL_MS = 250
const WARM_UP_MS = 330_000
/** Longer than any rule of ours takes to fire, and to be silent again. */
const ALERT_MS = 1_200_000
const LEAST_MS = 20_000

/**
 * Plays a night: people use the service, something breaks, the alerts fire, the operator looks, runs
 * commands and mends it. Resolves to all that was seen, with times in seconds after the fault.
 */
async function play(night, stage, factor) {
  const { people, prometheus } = stage
  const within = ms => Math.max(LEAST_MS, ms / factor) + LEAST_MS
  const isQuiet = night.alerts.length === 0
  const watch = watchAlerts(prometheus)
  try {
    const quietFrom = Date.now()
    await sleep(Math.max(LEAST_MS, WARM_UP_MS / factor))
    await night.prepare?.(stage)
    const before = await look(prometheus, night.panels)
    const brokenAt = Date.now()
    await night.break(stage)
    await watch.until(states => night.alerts.every(name => states.get(name) === 'firing'), {
      ms: within(ALERT_MS),
      what: night.alerts.join(' and '),
    })
    const atAlert = await look(prometheus, night.panels)
    const lines = night.greps.map(({ text, most }) => stage.grep(text, most))
    const commands = await night.commands(stage)
    // Without an alert there is something to see once the commands were run, and two scrapes later.
    if (isQuiet) await sleep(within(0))
    const during = isQuiet ? await look(prometheus, night.panels) : atAlert
    const mendedFrom = Date.now()
    const mending = await night.mend(stage)
    const mendedAt = Date.now()
    const wellAt = await untilWell(people.answers, mendedFrom, within(60_000))
    await watch.until(states => night.alerts.every(name => !states.has(name)), {
      ms: within(ALERT_MS),
      what: 'silence again',
    })
    const silentAt = Date.now()
    if (isQuiet) await sleep(within(0))
    const after = await look(prometheus, night.panels)
    const since = time => (time - brokenAt) / 1000
    return {
      looks: [before, during, after],
      alerts: watch.seen
        .filter(({ silentAt }) => silentAt === undefined || silentAt > brokenAt)
        .map(each => ({ ...each, ...timesOf(each, since) })),
      ...{ lines, commands, mending },
      seconds: {
        mendFrom: since(mendedFrom),
        mended: since(mendedAt),
        well: since(wellAt),
        silent: since(silentAt),
      },
      quiet: answersBetween(people.answers, quietFrom, brokenAt),
      broken: answersBetween(people.answers, brokenAt, mendedFrom),
      mended: answersBetween(people.answers, wellAt, Date.now()),
    }
  } finally {
    await watch.stop()
  }
}

function timesOf({ pendingAt, firingAt, silentAt }, since) {
  const time = at => (at === undefined ? undefined : since(at))
  return { pending: time(pendingAt), firing: time(firingAt), silent: time(silentAt) }
}

/** Asks Prometheus for its alerts over and over, and notes when each began, fired and ended. */
function watchAlerts(prometheus) {
  const seen = []
  let states = new Map()
  let isOver = false
  const note = now => {
    for (const [name, state] of now) {
      let alert = seen.findLast(each => each.name === name && each.silentAt === undefined)
      if (!alert) {
        alert = { name, pendingAt: Date.now() }
        seen.push(alert)
      }
      if (state === 'firing') alert.firingAt ??= Date.now()
    }
    for (const alert of seen) {
      if (alert.silentAt === undefined && !now.has(alert.name)) alert.silentAt = Date.now()
    }
    states = now
  }
  const watching = (async () => {
    while (!isOver) {
      await prometheus.alerts().then(note, () => {})
      await sleep(POLL_MS)
    }
  })()
  return {
    seen,
    async until(holds, { ms, what }) {
      const giveUpAt = Date.now() + ms
      while (!holds(states)) {
        if (Date.now() > giveUpAt) {
          throw new Error(`waited in vain for ${what}; there is ${[...states].join(' ')}`)
        }
        await sleep(POLL_MS)
      }
    },
    stop() {
      isOver = true
      return watching
    },
  }
}

/** When the first login succeeded after which ten more did, and none failed in between. */
async function untilWell(answers, from, ms) {
  const giveUpAt = Date.now() + ms
  while (Date.now() < giveUpAt) {
    const logins = answers.filter(({ what, at }) => what === 'POST /login' && at >= from)
    const lastBad = logins.findLastIndex(({ status }) => status !== 200)
    const good = logins.slice(lastBad + 1)
    if (good.length > 10) return good[0].at
    await sleep(POLL_MS)
  }
  throw new Error('logins do not work again')
}

module.exports = { play }
