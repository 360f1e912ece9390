import { open } from 'node:fs/promises'
import { devNull } from 'node:os'
import { LoginError } from '../errors'
import type { DataKeys } from '../login/data-keys'
import type { Patience } from '../patience'
import type { Store } from '../store/contract/store'
import type { Trial } from '../store/contract/trial'
import { withDeadline } from '../store/deadline'

export interface ReadinessOptions {
  store: Pick<Store, 'trials'>
  dataKeys: Pick<DataKeys, 'get'>
  /** Whether the process is on its way out and wants no new work. */
  isDraining: () => boolean
  /** Whether connections have run out. */
  isShort: () => boolean
  patience: Pick<Patience, 'readinessMs' | 'readinessKeptMs'>
  /** Milliseconds since 1970. */
  now: () => number
}

/** A part of what a login needs, and what is wrong with it. */
export interface PartState {
  readonly part: 'process' | 'data_key' | Trial['part']
  /**
   * `shutting_down`; `overloaded` when connections or descriptors have run out; `misconfigured` when
   * the data key is lost; `store_unavailable`, at the latest after `readinessMs`. Undefined: it works.
   */
  readonly fault: unknown
}

/**
 * Makes the look behind `/readyz`: nobody is shutting us down, connections and a descriptor are to
 * be had, and each server of the store takes what a login does. A process that is not well asks no
 * store. Many balancers ask: they share one look at the store, which counts for `readinessKeptMs`.
 */
export function createReadiness(options: ReadinessOptions): () => Promise<readonly PartState[]> {
  const { store, dataKeys, patience, now } = options
  const { readinessMs, readinessKeptMs } = patience
  let look: Promise<readonly PartState[]> | undefined

  async function tryAll(): Promise<readonly PartState[]> {
    const trials = store.trials.map(({ part, run }) => stateOf(part, run(now())))
    const states = await Promise.all([...trials, stateOf('data_key', dataKeys.get())])
    const forget = () => {
      look = undefined
    }
    if (readinessKeptMs > 0) setTimeout(forget, readinessKeptMs).unref()
    else forget()
    return states
  }

  function stateOf(part: PartState['part'], work: Promise<unknown>): Promise<PartState> {
    return withDeadline(work, readinessMs).then(
      () => ({ part, fault: undefined }),
      (fault: unknown) => ({ part, fault }),
    )
  }

  return async () => {
    const process = { part: 'process', fault: await faultOfProcess(options) } as const
    if (process.fault) return [process]
    look ??= tryAll()
    return [process, ...(await look)]
  }
}

async function faultOfProcess({ isDraining, isShort }: ReadinessOptions) {
  if (isDraining()) return new LoginError('shutting_down')
  if (isShort()) return new LoginError('overloaded', { reason: 'connections' })
  try {
    await (await open(devNull)).close()
    return undefined
  } catch {
    return new LoginError('overloaded', { reason: 'descriptors' })
  }
}
