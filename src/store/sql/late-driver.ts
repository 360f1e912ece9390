import { setTimeout as sleep } from 'node:timers/promises'
import { LoginError } from '../../errors'
import { backOff } from '../back-off'
import type { OutageLog } from '../outage-log'
import { sqlCodeOf, sqlFaultOf } from './faults'
import type { SqlDriver } from './sql-store'

export const REFUSAL_FIX = 'check host, credentials and rights'
/** How long a start waits for its database before it goes on without. */
const START_PATIENCE_MS = 3000
/** How long closing waits for an attempt under way. */
const CLOSE_PATIENCE_MS = 2000
/** Between two attempts that the server refused: a wrong password must not look like an attack. */
const REFUSED_PAUSE_MS = 10_000

/**
 * A database server that may be down when the service starts: then every call is
 * `store_unavailable`, and opening it, migration included, is tried until it succeeds.
 *
 * Told apart: a server that cannot be reached will be there later, and a service that ended instead
 * would only have to be started again. One that answers no (password, database, rights, schema) has
 * been set up wrong: at the start, where somebody is looking, that is thrown. Found out later it is
 * an error in the log, for then the process serves others or is part of somebody's app.
 *
 * @throws whatever the database says when it refuses at the start
 */
export async function openLate(
  open: () => Promise<SqlDriver>,
  outages: OutageLog,
): Promise<SqlDriver> {
  const closing = new AbortController()
  const { signal } = closing
  let driver: SqlDriver | undefined
  let isStart = true
  let pauseMs = 0

  async function attempt(): Promise<void> {
    try {
      driver = await open()
      outages.back()
    } catch (error) {
      const isRefusal = sqlFaultOf(error) === 'refusal'
      if (isStart && isRefusal) throw error
      if (isRefusal) outages.refused(sqlCodeOf(error), REFUSAL_FIX)
      else outages.lost(sqlCodeOf(error))
      pauseMs = isRefusal ? REFUSED_PAUSE_MS : 0
    }
  }

  async function keepTrying(first: Promise<void>): Promise<void> {
    await first
    for (let failures = 1; !driver && !signal.aborted; failures++) {
      await sleep(pauseMs || backOff(failures), undefined, { signal, ref: false }).catch(() => {})
      if (!signal.aborted) await attempt()
    }
  }

  const first = attempt()
  const patience = sleep(START_PATIENCE_MS, 'waited', { signal }).catch(() => {})
  if ((await Promise.race([first, patience])) === 'waited') outages.lost('not_open_yet')
  isStart = false
  if (driver) {
    closing.abort()
    return driver
  }
  const opening = keepTrying(first)

  function opened(): SqlDriver {
    if (driver) return driver
    throw new LoginError('store_unavailable', { reason: outages.reason ?? 'not_open_yet' })
  }
  return {
    read: async (name, params) => opened().read(name, params),
    write: async (names, params, options) => opened().write(names, params, options),
    async close() {
      closing.abort()
      // An attempt that hangs may hold up neither the process nor what it opens after all.
      const closed = opening.then(() => driver?.close())
      await Promise.race([closed, sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })])
    },
  }
}
