import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { createSink, createStreamSink } from '../src/log-sink'

const folder = mkdtempSync(join(tmpdir(), 'miniprogram-login-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a sink has written everything once it was flushed', async () => {
  const file = join(folder, 'out.log')
  const fd = openSync(file, 'w')
  const sink = createSink({ fd })
  for (let i = 0; i < 1000; i++) sink.write(`line ${i}`)
  await sink.flush()
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1000)
  expect(sink.dropped).toBe(0)
  closeSync(fd)
})

test('a sink that cannot be written to neither throws nor ends the process', async () => {
  const sink = createSink({ fd: openSync(__filename, 'r') })
  for (let i = 0; i < 10; i++) {
    sink.write('lost')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  await expect(sink.flush()).resolves.toBeUndefined()
  expect(sink.dropped).toBeGreaterThan(0)
})

test('a sink for a stream gives it whole lines, and has given all of them once it was flushed', async () => {
  const taken: string[] = []
  const write = (text: string, done?: () => void) => {
    taken.push(text)
    if (done) setTimeout(done, 5)
  }
  const sink = createStreamSink({ write })
  sink.write('one')
  sink.write('two')
  await sink.flush()
  expect(taken.join('')).toBe('one\ntwo\n')
  expect(sink.dropped).toBe(0)
})

test('a sink for a stream whose reader is gone counts what is lost, and ends no process', async () => {
  const stream = new Writable({
    autoDestroy: false,
    write: (_text, _encoding, done) => done(Object.assign(new Error('write'), { code: 'EPIPE' })),
  })
  const sink = createStreamSink(stream)
  sink.write('lost')
  await sink.flush()
  await turn()
  expect(sink.dropped).toBeGreaterThan(0)
})

test('a sink for a stream counts what its taker refuses, and waits for nobody for ever', async () => {
  const refusing = createStreamSink({
    write() {
      throw new Error('the channel is closed')
    },
  })
  refusing.write('lost')
  await refusing.flush()
  expect(refusing.dropped).toBe(1)
  await createStreamSink({ write: () => true }, 10).flush()
})
