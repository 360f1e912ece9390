import type { Server, ServerResponse } from 'node:http'

export interface DrainOptions {
  /** Until this resolves the server goes on taking connections, so that load balancers look elsewhere. */
  lameDuck: Promise<unknown>
  /** How long requests under way may then take to finish. */
  graceMs: number
}

/** Pause between two looks for connections that became idle, in milliseconds. */
const SWEEP_EVERY_MS = 50

/** Turns of the event loop in which the last connections are taken. Node's queue holds 511. */
const LAST_TURNS = 1000

/**
 * Stops a server without cutting anybody off. At first the server serves as before, but asks every
 * client to close its connection. Then it takes no new connections. Resolves when the last
 * connection is gone, or when the grace is over.
 */
export async function drain(server: Server, { lameDuck, graceMs }: DrainOptions): Promise<void> {
  server.prependListener('request', (_req, res: ServerResponse) => {
    res.shouldKeepAlive = false
  })
  await lameDuck
  await takeLastConnections(server)
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  // An answer that was under way when the drain began still said keep-alive: its socket is idle now.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS)
  const force = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(force)
}

/**
 * Takes the connections that wait in the system's queue, one in each turn of the event loop, and
 * lets no more into it: a server that closes resets that queue. With 32 clients that open a
 * connection for each request, 31 were reset at every stop. Listening once more with a backlog of 0
 * makes the system leave new connections unanswered, so that their clients are refused or go
 * elsewhere; Node offers no other way. Where its handle is another one, as in a worker, nothing is
 * changed. The check phase, in which this returns, comes right after connections were taken.
 */
async function takeLastConnections(server: Server): Promise<void> {
  const { _handle: handle } = server as { _handle?: { listen?(backlog: number): number } | null }
  handle?.listen?.(0)
  let came = false
  const note = () => {
    came = true
  }
  server.on('connection', note)
  for (let turn = 0; turn < LAST_TURNS; turn++) {
    came = false
    await new Promise(setImmediate)
    if (turn > 0 && !came) break
  }
  server.off('connection', note)
}
