import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { PATIENCE } from '../../../src/patience'
import type { Store } from '../../../src/store/contract/store'
import { openStore } from '../../../src/store/open'
import { openSqlite } from '../../../src/store/sqlite/binding'
import { createWriteLock } from '../../../src/store/sqlite/write-lock'
import { quiet } from '../../support/quiet'
import { temporaryDatabase } from '../../support/temporary'

let database: ReturnType<typeof temporaryDatabase>
let neighbour: Worker | undefined
let store: Store | undefined
const connect = () => openSqlite(database.file, { busyTimeoutMs: 0, cacheKib: 1000 })

beforeEach(() => {
  database = temporaryDatabase()
})
afterEach(async () => {
  jest.restoreAllMocks()
  await neighbour?.terminate()
  await store?.close()
  neighbour = store = undefined
  database.remove()
})

/** Writes as a busy process on a slow disk does: the lock is free for 1 ms out of 41. */
const NEIGHBOUR = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { openSqlite } = require(workerData.binding)
  const database = openSqlite(workerData.file, { busyTimeoutMs: 1000, cacheKib: 1000 })
  const clock = new Int32Array(new SharedArrayBuffer(4))
  for (let i = 0; ; i++) {
    database.exec('begin immediate')
    if (i === 0) parentPort.postMessage('writing')
    Atomics.wait(clock, 0, 0, 40)
    database.exec('commit')
    Atomics.wait(clock, 0, 0, 1)
  }
`

test('a neighbour that leaves the lock free for a moment only, time and again, gets nobody refused', async () => {
  store = await openStore(database.url, { ...quiet, patience: PATIENCE })
  const binding = join(__dirname, '../../../dist/store/sqlite/binding.js')
  neighbour = new Worker(NEIGHBOUR, {
    eval: true,
    workerData: { binding, file: database.file },
  })
  await once(neighbour, 'message')
  for (let count = 1; count <= 20; count++) {
    expect(await store.counters.count('key', 60_000, 1)).toMatchObject({ count })
  }
})

test('a lock that stays taken is waited for as long as asked, then SQLite’s own error is thrown', () => {
  const [mine, other] = [connect(), connect()]
  other.exec('begin immediate')
  const lock = createWriteLock(mine)
  const begun = performance.now()
  expect(() => lock.begin(50)).toThrow(expect.objectContaining({ errcode: 5 }))
  expect(performance.now() - begun).toBeGreaterThanOrEqual(50)
  other.exec('rollback')
  mine.close()
  other.close()
})

test('a slow commit leaves the lock free for a tenth of its time, a quick one for none, a stalled one for 20 ms', () => {
  let clock = 0
  jest.spyOn(performance, 'now').mockImplementation(() => clock)
  const wait = jest.spyOn(Atomics, 'wait').mockReturnValue('timed-out')
  const mine = connect()
  const lock = createWriteLock(mine)
  const pauses = [5, 40, 900].map(ms => {
    wait.mockClear()
    lock.begin(100)
    clock += ms
    mine.exec('commit')
    lock.leave()
    lock.leave()
    return wait.mock.calls.map(([, , , pause]) => pause)
  })
  expect(pauses).toEqual([[], [4], [20]])
  mine.close()
})
