import cluster from 'node:cluster'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Log } from '../log'
import type { Patience } from '../patience'

export interface ConnectionCeilingOptions {
  /** Connections of clients at one time, those for one answer included. */
  most: number
  patience: Pick<Patience, 'surplusMs'>
  log: Log
}

export interface ConnectionCeiling {
  /** Whether connections have run out. Stays true until a tenth of them is free again. */
  isShort(): boolean
}

/** Of the connections so many are for one answer each, so that a prober still hears `/readyz`. */
const FOR_ONE_ANSWER = 8
/** `/readyz` must not change with every client that comes and goes. */
const ENOUGH = 0.9

/**
 * Holds a server to a number of connections, so that the descriptors of stores and logs are never
 * taken by clients. The last few places are for one answer each: such a connection is closed after
 * its answer, or when no request comes within `surplusMs`. One more than that is closed by Node.
 */
export function limitConnections(
  server: Server,
  { most, patience, log }: ConnectionCeilingOptions,
): ConnectionCeiling {
  const kept = Math.max(1, most - FOR_ONE_ANSWER)
  /** Connections for one answer that have not asked yet. */
  const silent = new Map<Socket, NodeJS.Timeout>()
  const forOneAnswer = new WeakSet<Socket>()
  const open = createOpenCount(kept, log)

  function hear(socket: Socket): void {
    clearTimeout(silent.get(socket))
    silent.delete(socket)
  }

  // In a worker Node hands a connection that is too many back to the primary, which offers it to the
  // next worker, for ever: two workers at their ceiling kept both cores busy. There we close it.
  if (!cluster.isWorker) server.maxConnections = most
  server.on('connection', (socket: Socket) => {
    if (open.now() >= most) {
      socket.destroy()
      return
    }
    open.count(1)
    socket.once('close', () => {
      open.count(-1)
      hear(socket)
    })
    if (open.now() <= kept) return
    forOneAnswer.add(socket)
    const timer = setTimeout(() => socket.destroy(), patience.surplusMs)
    silent.set(socket, timer)
  })
  server.prependListener('request', ({ socket }: IncomingMessage, res: ServerResponse) => {
    hear(socket)
    if (forOneAnswer.has(socket)) res.shouldKeepAlive = false
  })
  return { isShort: open.isShort }
}

/** Counts connections, and tells once when they run short and once when there are enough again. */
function createOpenCount(kept: number, log: ConnectionCeilingOptions['log']) {
  let open = 0
  let isShort = false
  return {
    now: () => open,
    isShort: () => isShort,
    count(change: 1 | -1): void {
      open += change
      if (!isShort && open >= kept) {
        isShort = true
        log.warn('connections_short', { most: kept })
      } else if (isShort && open < kept * ENOUGH) {
        isShort = false
        log.info('connections_enough', { open })
      }
    },
  }
}
