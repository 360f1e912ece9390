import { EventEmitter } from 'node:events'
import { PATIENCE, type Patience } from '../../../../src/patience'
import { Connection } from '../../../../src/store/redis/link/connection'
import type { RedisModule } from '../../../../src/store/redis/link/redis-route'

/** A client of Redis whose answers the test gives. */
class Client extends EventEmitter {
  readonly asked: { args: readonly string[]; answer(): void; fail(error: Error): void }[] = []
  isDestroyed = false
  connect = async (): Promise<void> => {}
  sendCommand(args: readonly string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.asked.push({ args, answer: () => resolve('PONG'), fail: reject })
    })
  }
  destroy(): void {
    this.isDestroyed = true
  }
}

const address = {
  ...{ host: 'redis', port: 6379, tls: false, database: 0 },
  ...{ username: undefined, password: undefined },
}

async function open(client = new Client(), patience: Partial<Patience> = {}) {
  const ends: string[] = []
  const invalidated: (string | null)[] = []
  const connection = await Connection.open({
    redis: { createClient: () => client } as unknown as RedisModule,
    address,
    patience: { ...PATIENCE, ...patience },
    onInvalidate: redisKey => void invalidated.push(redisKey),
    onEnd: reason => void ends.push(reason),
  })
  return { client, connection, ends, invalidated }
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

test('a PING leaves after 250 ms, and one that is not answered for 500 ms ends the connection, once', async () => {
  const { client, connection, ends } = await open()
  await pass(249)
  expect(client.asked).toHaveLength(0)
  await pass(1)
  expect(client.asked.map(({ args }) => args)).toEqual([['PING']])
  await pass(499)
  expect(ends).toEqual([])
  await pass(2)
  expect(ends).toEqual(['silent'])
  expect(connection.hasEnded()).toBe(true)
  expect(client.isDestroyed).toBe(true)
  client.emit('error', new Error('ECONNRESET'))
  connection.end('closed')
  expect(ends).toEqual(['silent'])
})

test('a PING that is answered is followed by the next, as long as the connection lasts', async () => {
  const { client, ends } = await open()
  for (let i = 0; i < 10; i++) {
    await pass(250)
    expect(client.asked).toHaveLength(i + 1)
    client.asked.at(-1)?.answer()
    await pass(0)
  }
  expect(ends).toEqual([])
})

test('an answer that had arrived while this process was held up counts', async () => {
  const { client, ends } = await open()
  await pass(250)
  // The deadline and the answer are found in one turn of the event loop.
  setTimeout(() => client.asked[0]?.answer(), 500)
  await pass(500)
  await pass(1)
  expect(ends).toEqual([])
})

test('what was read counts for a second after the last PING that was answered had been sent', async () => {
  const { client, connection } = await open(new Client(), { redisPingMs: 10_000 })
  await pass(250)
  await pass(100)
  client.asked[0]?.answer()
  await pass(899)
  expect(connection.isFresh()).toBe(true)
  await pass(1)
  expect(connection.isFresh()).toBe(false)
  client.asked[1]?.answer()
  await pass(0)
  expect(connection.isFresh()).toBe(true)
})

test('a PING that Redis refuses ends the connection by its word', async () => {
  const { client, ends } = await open()
  await pass(250)
  client.asked[0]?.fail(new Error('NOAUTH Authentication required.'))
  await pass(0)
  expect(ends).toEqual(['noauth'])
})

test('keys that changed are told by name, and all of them as null', async () => {
  const { client, invalidated } = await open()
  client.emit('invalidate', Buffer.from('mpl:{user}:k'))
  client.emit('invalidate', null)
  expect(invalidated).toEqual(['mpl:{user}:k', null])
})

test('a handshake that hangs is given up after 800 ms, and its end is told by the error alone', async () => {
  const client = new Client()
  client.connect = () => new Promise(() => {})
  let error: unknown
  const opening = open(client).catch((caught: unknown) => {
    error = caught
  })
  await pass(799)
  expect(error).toBeUndefined()
  await pass(2)
  await opening
  expect(error).toMatchObject({ code: 'store_unavailable', reason: 'deadline' })
  expect(client.isDestroyed).toBe(true)
})
