import files from 'node:fs/promises'
import { createReadiness, type ReadinessOptions } from '../../src/http/readiness'
import type { Trial } from '../../src/store/contract/trial'
import { DATA_KEYS as dataKeys } from '../support/data-keys'

const database = (run: Trial['run']) => ({ trials: [{ part: 'database' as const, run }] })

function readiness(options: Partial<ReadinessOptions> = {}) {
  const look = createReadiness({
    store: database(async () => {}),
    dataKeys,
    isDraining: () => false,
    isShort: () => false,
    patience: { readinessMs: 60_000, readinessKeptMs: 0 },
    now: () => 7,
    ...options,
  })
  return async () =>
    Object.fromEntries((await look()).map(({ part, fault }) => [part, fault ?? 'ok']))
}

test('a service is ready while its store takes logins and nobody shuts it down', async () => {
  let isDraining = false
  const look = readiness({ isDraining: () => isDraining })
  expect(await look()).toEqual({ process: 'ok', database: 'ok', data_key: 'ok' })
  isDraining = true
  expect(await look()).toEqual({
    process: expect.objectContaining({ code: 'shutting_down', status: 503 }),
  })
})

test('a service that is shut down does not ask its store any more', async () => {
  const run = jest.fn(async () => {})
  const look = readiness({ store: database(run), isDraining: () => true })
  expect(await look()).toMatchObject({ process: { code: 'shutting_down' } })
  expect(run).not.toHaveBeenCalled()
})

test('a service whose connections have run out is not ready, and does not ask its store', async () => {
  const run = jest.fn(async () => {})
  const look = readiness({ store: database(run), isShort: () => true })
  const fault = { code: 'overloaded', status: 503, reason: 'connections' }
  expect(await look()).toEqual({ process: expect.objectContaining(fault) })
  expect(run).not.toHaveBeenCalled()
})

test('a store that hangs is waited for as long as the patience says, and no longer', async () => {
  const hangs = database(() => new Promise<void>(() => {}))
  const look = readiness({ store: hangs, patience: { readinessMs: 1, readinessKeptMs: 0 } })
  const fault = { code: 'store_unavailable', status: 503, reason: 'deadline' }
  expect(await look()).toMatchObject({ database: fault, data_key: 'ok' })
})

test('each part says by itself what is wrong with it', async () => {
  const refusal = new Error('no disk')
  const store = {
    trials: [
      { part: 'database' as const, run: async () => {} },
      { part: 'redis' as const, run: () => Promise.reject(refusal) },
    ],
  }
  expect(await readiness({ store })()).toMatchObject({ database: 'ok', redis: refusal })
})

test('a process that can open no file more is not ready', async () => {
  const emfile = Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
  const open = jest.spyOn(files, 'open').mockRejectedValue(emfile)
  const look = readiness()
  expect(await look()).toMatchObject({ process: { code: 'overloaded', reason: 'descriptors' } })
  open.mockRestore()
  expect(await look()).toMatchObject({ process: 'ok' })
})

describe('many who ask', () => {
  test('share one try that is under way', async () => {
    let finish = () => {}
    const run = jest.fn(() => new Promise<void>(resolve => (finish = resolve)))
    // A file that opens at once: then all three have come as far as the store after one turn.
    const opened = { close: async () => {} } as Awaited<ReturnType<typeof files.open>>
    const open = jest.spyOn(files, 'open').mockResolvedValue(opened)
    const look = readiness({ store: database(run) })
    const answers = [look(), look(), look()]
    await new Promise(setImmediate)
    expect(open).toHaveBeenCalledTimes(3)
    open.mockRestore()
    finish()
    expect(await Promise.all(answers)).toHaveLength(3)
    expect(run.mock.calls).toEqual([[7]])
  })

  test('share what was found for a short time, and no longer', async () => {
    const run = jest.fn(async () => {})
    const patience = { readinessMs: 60_000, readinessKeptMs: 1000 }
    const look = readiness({ store: database(run), patience })
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] })
    try {
      for (let i = 0; i < 5; i++) await look()
      expect(run).toHaveBeenCalledTimes(1)
      jest.advanceTimersByTime(1000)
      await look()
      expect(run).toHaveBeenCalledTimes(2)
    } finally {
      jest.useRealTimers()
    }
  })
})
