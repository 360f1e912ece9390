import { execFileSync } from 'node:child_process'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Patience } from '../../../src/patience'
import { DAMAGED, FILE_GONE } from '../../../src/store/sqlite/damage'
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
  const { parentPort, workerData } = require('node:worker_threads')
  if ('${said}' === '${FILE_GONE}') throw new Error('${said}')
  if ('${said}' !== '${SILENT}') parentPort.postMessage('${said}')
  parentPort.on('message', message => {
    if (message === 'close') return parentPort.close()
    const { writes } = message
    if (writes.some(([key]) => key === 'die')) process.exit(1)
    if (writes.some(([key]) => key === 'hang')) return
    if (writes.some(([key]) => key === 'dead disk')) require('node:fs').readFileSync(workerData.file)
    parentPort.postMessage(
      writes.map(([key]) => (key === 'fail' ? { code: 'sqlite_1' } : [writes.length])),
    )
  })
`

let folder: ReturnType<typeof temporaryFolder>
let commit: GroupCommit

const onDamage = jest.fn()
/** Who reads it waits within a call of the system, which nothing can end but a writer. */
const pipe = () => join(folder.path, 'pipe')

function start(patience: Partial<Patience> = {}, said: string = READY): void {
  const script = join(folder.path, 'writer.js')
  writeFileSync(script, scriptSaying(said))
  const workerData = { file: pipe() } as WriterOptions
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

test('a file that is gone when the thread opens it: those who wait hear so, and those who come next', async () => {
  start({ sqliteRestartMs: 60_000 }, FILE_GONE)
  await expect(write()).rejects.toMatchObject({ reason: FILE_GONE })
  await expect(write()).rejects.toMatchObject({ reason: FILE_GONE })
})

test('who waits for a thread that cannot open the file waits for no other one', async () => {
  start({ sqliteRestartMs: 0, startMs: 60_000 }, FILE_GONE)
  await expect(write()).rejects.toMatchObject({ reason: FILE_GONE })
})

test('a thread that is ended while it closes is not replaced, and who waited hears so', async () => {
  start({ startMs: 60_000, closeMs: 20 }, SILENT)
  const written = write()
  const closed = commit.close()
  await expect(written).rejects.toMatchObject({ reason: 'writer_down' })
  await closed
})

test('closing ends also where a dead disk holds the thread for ever', async () => {
  start({ sqliteBatchMs: 60_000, closeMs: 20 })
  await write()
  execFileSync('mkfifo', [pipe()])
  const written = [write('dead disk').catch(error => error.reason)]
  await new Promise(setImmediate)
  written.push(write().catch(error => error.reason))
  await commit.close()
  expect(await Promise.all(written)).toEqual(['writer_died', 'writer_died'])
  // The disk is back: the thread can end. To open it for both ends waits for nobody.
  closeSync(openSync(pipe(), 'r+'))
})
