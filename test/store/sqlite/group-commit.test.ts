import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Patience } from '../../../src/patience'
import { DAMAGED } from '../../../src/store/sqlite/damage'
import { GroupCommit } from '../../../src/store/sqlite/group-commit'
import type { WriterOptions } from '../../../src/store/sqlite/writer'
import { READY } from '../../../src/store/sqlite/writer-messages'
import { STRETCHED } from '../../support/patience'
import { temporaryFolder } from '../../support/temporary'

const SILENT = 'nothing'

/**
 * A writing thread of a test's own: says first what it is told to, then answers each batch with its
 * size, and does as its writes say.
 */
const scriptSaying = (said: string) => `
  const { parentPort } = require('node:worker_threads')
  if ('${said}' !== '${SILENT}') parentPort.postMessage('${said}')
  parentPort.on('message', message => {
    if (message === 'close') return parentPort.close()
    const { writes } = message
    if (writes.some(([key]) => key === 'die')) process.exit(1)
    if (writes.some(([key]) => key === 'hang')) return
    parentPort.postMessage(
      writes.map(([key]) => (key === 'fail' ? { code: 'sqlite_1' } : [writes.length])),
    )
  })
`

let folder: ReturnType<typeof temporaryFolder>
let commit: GroupCommit

const onDamage = jest.fn()

function start(patience: Partial<Patience> = {}, said: string = READY): void {
  const script = join(folder.path, 'writer.js')
  writeFileSync(script, scriptSaying(said))
  const workerData = {} as WriterOptions
  commit = new GroupCommit({
    script,
    workerData,
    patience: { ...STRETCHED, sqliteRestartMs: 0, ...patience },
    startsAtOnce: false,
    onDamage,
  })
}
const write = (key = 'write', statements = 1) =>
  commit.write({ message: [key], statements, durable: true, shred: false })

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await commit.close()
  folder.remove()
})

test('writes that come together are one batch', async () => {
  start()
  expect(await Promise.all([write(), write(), write()])).toEqual([[3], [3], [3]])
})

test('a batch holds no more than 4096 statements, and one write at the least', async () => {
  start()
  const sizes = await Promise.all([write('write', 4000), write('write', 100), write('write', 5000)])
  expect(sizes).toEqual([[1], [1], [1]])
})

test('writes wait for a thread that opens the file, but not for ever, and are refused at once then', async () => {
  start({ startMs: 20, closeMs: 1 }, SILENT)
  await expect(write()).rejects.toMatchObject({ reason: 'not_open_yet' })
  await expect(write()).rejects.toMatchObject({ reason: 'not_open_yet' })
})

test('a damaged file is told at once, and every write is refused', async () => {
  onDamage.mockClear()
  start({}, DAMAGED)
  await expect(write()).rejects.toMatchObject({ reason: DAMAGED })
  expect(onDamage).toHaveBeenCalledTimes(1)
  await expect(write()).rejects.toMatchObject({ reason: DAMAGED })
})

test('a write that fails fails by its own code', async () => {
  start()
  const [good, bad] = await Promise.allSettled([write(), write('fail')])
  expect(good).toMatchObject({ value: [2] })
  expect(bad).toMatchObject({ reason: { code: 'store_unavailable', reason: 'sqlite_1' } })
})

test('a thread that dies fails its batch and is replaced', async () => {
  start()
  await expect(write('die')).rejects.toMatchObject({ reason: 'writer_died' })
  expect(await write()).toEqual([1])
})

test('a thread that keeps dying is not replaced in a tight loop', async () => {
  start({ sqliteRestartMs: 60_000 })
  await expect(write('die')).rejects.toMatchObject({ reason: 'writer_died' })
  await expect(write()).rejects.toMatchObject({ reason: 'writer_down' })
})

test('a batch that takes too long fails its callers, and those who come after it at once', async () => {
  start({ sqliteBatchMs: 20, closeMs: 1 })
  await expect(write('hang')).rejects.toMatchObject({ reason: 'disk_stalled' })
  await expect(write()).rejects.toMatchObject({ reason: 'disk_stalled' })
})

test('once it is closed nothing is written, and closing waits for what was', async () => {
  start()
  const written = write()
  const closed = commit.close()
  await expect(write()).rejects.toMatchObject({ reason: 'closed' })
  expect(await written).toEqual([1])
  await closed
})

test('one more than 10,000 that wait is overloaded', async () => {
  start({ closeMs: 1, sqliteBatchMs: 60_000 })
  const waiting = Array.from({ length: 10_000 }, () => write().catch(() => {}))
  await expect(write()).rejects.toMatchObject({ code: 'overloaded', reason: 'store_queue' })
  await Promise.all(waiting)
})
