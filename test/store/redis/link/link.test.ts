import net from 'node:net'
import * as redisModule from '@redis/client'
import { createEvents, type LoginEvent } from '../../../../src/events'
import { RedisLink, type RedisLinkOptions } from '../../../../src/store/redis/link/link'
import { available, type DatabaseServer, freePort, startRedis } from '../../../support/databases'
import { redisCommand } from '../../../support/redis-command'
import { UNHURRIED, until } from '../two-stores'

const describeRedis = available('redis') ? describe : describe.skip
const SETTING = 'REDIS_URL (redisUrl)'

describeRedis('a link to one Redis', () => {
  let server: DatabaseServer
  let link: RedisLink | undefined
  beforeAll(async () => {
    server = await startRedis()
  })
  afterEach(() => link?.close())
  afterAll(() => server.remove())

  const addressOf = ({ url }: { url: string }) => ({
    ...{ host: '127.0.0.1', port: Number(new URL(url).port), tls: false, database: 0 },
    ...{ username: undefined, password: undefined },
  })

  function open(options: Partial<RedisLinkOptions> = {}) {
    const told: LoginEvent[] = []
    const events = createEvents()
    events.listen(event => void told.push(event))
    let lost = 0
    const opened = new RedisLink({
      ...{ redis: redisModule, events, patience: UNHURRIED },
      locate: async () => addressOf(server),
      onInvalidate() {},
      onLost: () => void lost++,
      async onConnected() {},
      ...options,
    })
    link = opened
    return { link: opened, told, lost: () => lost }
  }

  test('it connects again after the server was restarted, and tells the outage and its end once', async () => {
    const { link, told, lost } = open()
    await link.tried
    expect(await link.send(['PING'])).toBe('PONG')
    await server.stop('SIGKILL')
    await until(async () => told.length > 0)
    expect(lost()).toBe(1)
    expect(link.isFresh()).toBe(false)
    await expect(link.send(['PING'])).rejects.toMatchObject({ code: 'store_unavailable' })
    await server.start()
    await until(() => link.send(['PING']))
    expect(told.at(-1)).toEqual({ type: 'store.back', setting: SETTING })
    expect(told.filter(({ type }) => type === 'store.back')).toHaveLength(1)
    const reasons = told.flatMap(event => (event.type === 'store.lost' ? [event.reason] : []))
    expect(new Set(reasons).size).toBe(reasons.length)
  })

  test('a server that hangs is given up, and a command fails at once from then on', async () => {
    const patience = { ...UNHURRIED, redisPingEveryMs: 20, redisPingMs: 50, redisConnectMs: 50 }
    const { link, told } = open({ patience: { ...patience, storeMs: 100 } })
    await until(() => link.send(['PING']))
    await server.hang()
    await until(async () => told.some(({ type }) => type === 'store.lost'))
    await until(async () =>
      link.send(['PING']).then(
        () => false,
        (error: { code?: string }) => error.code === 'store_unavailable',
      ),
    )
    await server.goOn()
    await until(() => link.send(['PING']))
  })

  test('where it connects to is asked before each attempt', async () => {
    let asked = 0
    const nobody = await freePort()
    const { link } = open({
      async locate() {
        asked++
        return asked < 3 ? { ...addressOf(server), port: nobody } : addressOf(server)
      },
    })
    await until(() => link.send(['PING']))
    expect(asked).toBe(3)
  })

  test('a replica is refused where it must be the primary, and taken once it is one', async () => {
    const replica = await startRedis(['--replicaof', '127.0.0.1', String(await freePort())])
    const locate = async () => addressOf(replica)
    const { link, told } = open({ locate, mustBePrimary: true })
    await until(async () => told.length > 0)
    expect(told).toEqual([{ type: 'store.lost', setting: SETTING, reason: 'not_primary' }])
    await redisCommand(replica.url, 'REPLICAOF', 'NO', 'ONE')
    await until(() => link.send(['PING']))
    link.close()
    await replica.remove()
  })

  test('a primary that became a replica is left with the first write that it refuses', async () => {
    const { link, told } = open()
    await link.tried
    await redisCommand(server.url, 'REPLICAOF', '127.0.0.1', String(await freePort()))
    await expect(link.send(['SET', 'key', 'value'])).rejects.toThrow('READONLY')
    await until(async () => told.length > 0)
    expect(told[0]).toMatchObject({ type: 'store.lost', reason: 'readonly' })
    await redisCommand(server.url, 'REPLICAOF', 'NO', 'ONE')
    await until(() => link.send(['SET', 'key', 'value']))
  })

  test('first commands that fail do not cost the connection', async () => {
    const { link, lost } = open({ onConnected: () => Promise.reject(new Error('NOPERM')) })
    await link.tried
    expect(await link.send(['PING'])).toBe('PONG')
    expect(lost()).toBe(0)
  })

  test('a link that was closed connects no more, and tells nothing of it', async () => {
    let connections = 0
    const silent = net.createServer(socket => {
      connections++
      socket.on('error', () => {})
    })
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as net.AddressInfo
    const patience = { ...UNHURRIED, redisConnectMs: 50 }
    const locate = async () => ({ ...addressOf(server), port })
    const { link, told } = open({ locate, patience })
    await until(async () => connections > 0)
    link.close()
    await link.tried
    const before = connections
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(connections).toBe(before)
    expect(told).toEqual([])
    silent.close()
  })
})
