import type { Request, Response } from 'express'
import { LoginError } from '../errors'
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
    await withTimeout(store.ping(), PING_TIMEOUT_MS)
    sendJson(req, res, 200, { status: 'ready' })
  }
}

async function withTimeout(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    const error = new LoginError('store_unavailable', { reason: 'ping_timeout' })
    timer = setTimeout(() => reject(error), ms)
  })
  try {
    await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
