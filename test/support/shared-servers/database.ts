import type { Kind } from './keep-servers'

/** An empty database of one test file's own. */
export interface Database {
  readonly url: string
  /** Nothing to do: the whole server goes at the end of the run. */
  remove(): Promise<void>
}

/**
 * An empty database on the server that all test files of a run share, which starts with the first
 * call. A test that stops, slows or reconfigures a server starts one of its own instead: see
 * `databases.ts`. What one server counts as a whole (locks, statistics, invalidations of Redis)
 * includes what other test files do.
 */
export async function sharedDatabase(kind: Kind): Promise<Database> {
  const keeper = process.env.TEST_SERVERS_URL
  if (!keeper) throw new Error('the servers of a run are kept by jest’s global setup')
  const answer = await fetch(`${keeper}/${kind}`)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`no database of the kind "${kind}": ${text}`)
  return { url: text, async remove() {} }
}
