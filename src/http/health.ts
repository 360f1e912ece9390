import type { Request, Response } from 'express'
import { LoginError } from '../errors'
import { withDeadline } from '../store/deadline'
import type { Store } from '../store/store'
import { sendJson } from './answer'

/** Shorter than a prober's own time-out, so that it hears why. */
const PING_TIMEOUT_MS = 800

/** The process runs; asks nobody, so a store that is down gets no healthy instance restarted. */
export function livez(req: Request, res: Response): void {
  sendJson(req, res, 200, { status: 'ok' })
}

export interface ReadyzOptions {
  store: Pick<Store, 'ping'>
  /** Whether the service is on its way out and wants no new work. */
  isDraining: () => boolean
}

/** Logins can be served: the store answers and nobody is shutting us down. */
export function createReadyz({ store, isDraining }: ReadyzOptions) {
  return async (req: Request, res: Response): Promise<void> => {
    if (isDraining()) throw new LoginError('shutting_down')
    await withDeadline(store.ping(), PING_TIMEOUT_MS)
    sendJson(req, res, 200, { status: 'ready' })
  }
}
