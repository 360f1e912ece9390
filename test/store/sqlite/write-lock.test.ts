import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { openStore } from '../../../src/store/open'
import { openSqlite } from '../../../src/store/sqlite/binding'
import { createWriteLock } from '../../../src/store/sqlite/write-lock'
import { temporaryDatabase } from '../../support/temporary'

let database: ReturnType<typeof temporaryDatabase>
const connect = () => openSqlite(database.file, { busyTimeoutMs: 0, cacheKib: 1000 })

beforeEach(() => {
  database = temporaryDatabase()
})
afterEach(() => {
  jest.restoreAllMocks()
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
  const store = await openStore(database.url, { log: { info() {}, warn() {}, error() {} } })
  const binding = join(__dirname, '../../../dist/store/sqlite/binding.js')
  const neighbour = new Worker(NEIGHBOUR, {
    eval: true,
    workerData: { binding, file: database.file },
  })
  await new Promise(resolve => neighbour.once('message', resolve))
  for (let count = 1; count <= 20; count++) {
    const begun = performance.now()
    expect(await store.countCall('key', 60_000, 1)).toMatchObject({ count })
    expect(performance.now() - begun).toBeLessThan(500)
  }
  await neighbour.terminate()
  await store.close()
})

test('a lock that stays taken is waited for as long as asked, then SQLite’s own error is thrown', () => {
  const [mine, other] = [connect(), connect()]
  other.exec('begin immediate')
  const lock = createWriteLock(mine)
  const begun = performance.now()
  expect(() => lock.begin(50)).toThrow(expect.objectContaining({ errcode: 5 }))
  expect(performance.now() - begun).toBeGreaterThanOrEqual(50)
  const wait = jest.spyOn(Atomics, 'wait')
  lock.leave()
  expect(wait).not.toHaveBeenCalled()
  other.exec('rollback')
  mine.close()
  other.close()
})

test('whoever met another writer leaves the lock free for a tenth of each commit, whoever did not goes on', () => {
  let clock = 0
  jest.spyOn(performance, 'now').mockImplementation(() => clock)
  const [mine, other] = [connect(), connect()]
  const wait = jest.spyOn(Atomics, 'wait').mockImplementation((_array, _index, _value, ms = 0) => {
    clock += ms
    if (ms === 1) other.exec('rollback')
    return 'timed-out'
  })
  const lock = createWriteLock(mine)
  const commitIn = (ms: number) => {
    lock.begin(100)
    clock += ms
    mine.exec('commit')
    lock.leave()
  }
  commitIn(40)
  expect(wait).not.toHaveBeenCalled()
  other.exec('begin immediate')
  commitIn(40)
  expect(wait.mock.calls.map(([, , , ms]) => ms)).toEqual([1, 4])
  clock += 1001
  commitIn(40)
  expect(wait).toHaveBeenCalledTimes(2)
  mine.close()
  other.close()
})
