import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as redisModule from '@redis/client'
import { readRedisUrl } from '../../../../src/config/redis-url'
import { createEvents } from '../../../../src/events'
import { type Store, SWEEP_BATCH } from '../../../../src/store/contract/store'
import { createMemoryStore } from '../../../../src/store/memory/memory-store'
import { RedisCluster } from '../../../../src/store/redis/link/cluster'
import type { RedisModule } from '../../../../src/store/redis/link/redis-route'
import { slotOf } from '../../../../src/store/redis/link/slots'
import { openRedisStore } from '../../../../src/store/redis/redis-store'
import { available, type DatabaseServer } from '../../../support/databases'
import { startRedisCluster } from '../../../support/redis-cluster'
import { redisCommand } from '../../../support/redis-command'
import { sampleLogin, UNHURRIED, until } from '../two-stores'

const describeRedis = available('redis') ? describe : describe.skip
const events = createEvents()

const portOf = ({ url }: DatabaseServer) => new URL(url).port
const tell = ({ url }: DatabaseServer, ...args: string[]) => redisCommand(url, ...args)

async function logIn(store: Store) {
  const login = sampleLogin()
  const { userId } = await store.sessions.begin(login)
  return { id: login.sessionId, userId }
}

test('closing ends the search for a cluster that cannot be reached, too', async () => {
  let connections = 0
  const silent = await Promise.all(
    [1, 2, 3].map(async () => {
      const server = net.createServer(socket => {
        connections++
        socket.on('error', () => {})
      })
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const hosts = silent.map(each => `127.0.0.1:${(each.address() as net.AddressInfo).port}`)
  const cluster = new RedisCluster({
    ...{ redis: redisModule, url: readRedisUrl(`redis+cluster://${hosts.join(',')}`), events },
    patience: { ...UNHURRIED, redisConnectMs: 500 },
    onInvalidate() {},
    onLost() {},
    async onConnected() {},
  })
  await until(async () => connections === 1)
  cluster.close()
  await cluster.tried
  expect(connections).toBe(1)
  for (const each of silent) each.close()
})

/** A cluster of two nodes, each with half of the slots: which half, `first` says. */
function openFakeCluster() {
  const state = { first: 7001, second: 7002, isMoved: false, lost: 0 }
  const createClient = () => ({
    on() {},
    async connect() {},
    destroy() {},
    async sendCommand([command]: readonly string[]) {
      if (command === 'CLUSTER') {
        return [
          [0, 8191, ['127.0.0.1', state.first]],
          [8192, 16_383, ['127.0.0.1', state.second]],
        ]
      }
      if (command === 'PING' || !state.isMoved) return 'OK'
      state.isMoved = false
      throw new Error(`MOVED 1 127.0.0.1:${state.first}`)
    },
  })
  const cluster = new RedisCluster({
    redis: { createClient } as unknown as RedisModule,
    ...{ url: readRedisUrl('redis+cluster://127.0.0.1:7001'), events },
    patience: { ...UNHURRIED, redisMapPauseMs: 0 },
    onInvalidate() {},
    onLost: () => void state.lost++,
    async onConnected() {},
  })
  return { state, cluster }
}

test('a slot with another owner takes all that was read with it: the former owner tells no more', async () => {
  const { state, cluster } = openFakeCluster()
  await cluster.tried
  // By then the pause after the first map is over, whose timer was set before this one.
  await sleep(5)
  const before = state.lost
  Object.assign(state, { first: 7002, second: 7001, isMoved: true })
  expect(await cluster.send('key', ['GET', 'key'])).toBe('OK')
  expect(state.lost).toBeGreaterThan(before)
  cluster.close()
})

test('a map that says the same as before takes nothing', async () => {
  const { state, cluster } = openFakeCluster()
  await cluster.tried
  // By then the pause after the first map is over, whose timer was set before this one.
  await sleep(5)
  const before = state.lost
  state.isMoved = true
  expect(await cluster.send('key', ['GET', 'key'])).toBe('OK')
  expect(state.lost).toBe(before)
  cluster.close()
})

describeRedis('a Redis Cluster of three', () => {
  let nodes: readonly DatabaseServer[]
  let a: Store
  let b: Store

  beforeAll(async () => {
    nodes = await startRedisCluster()
    const hosts = nodes.map(node => `127.0.0.1:${portOf(node)}`).join(',')
    const users = createMemoryStore(SWEEP_BATCH)
    const open = () =>
      openRedisStore({
        ...{ redis: redisModule, url: `redis+cluster://${hosts}`, prefix: 'mpl:' },
        ...{ users, events, patience: UNHURRIED, log: { info() {}, warn() {}, error() {} } },
      })
    a = await open()
    b = await open()
  })
  afterAll(async () => {
    await Promise.all([a?.close(), b?.close()])
    await Promise.all(nodes.map(node => node.remove()))
  })

  test('sessions live on all of them, and what ends on one instance ends on the other', async () => {
    const sessions = await Promise.all(Array.from({ length: 60 }, () => logIn(a)))
    for (const session of sessions) expect(await b.sessions.find(session)).toBeDefined()
    for (const node of nodes) expect(await tell(node, 'DBSIZE')).toBeGreaterThan(10)
    for (const session of sessions) {
      await a.sessions.end(session)
      expect(await b.sessions.find(session)).toBeUndefined()
    }
  })

  test('every call of a contract stays in one slot', async () => {
    const session = await logIn(a)
    await a.sessions.reseal(session, { sealed: 'kid2', from: 'key' })
    await a.users.noteKeyCheck(session.userId, 'key', { at: 1, valid: true })
    expect(await b.sessions.list(session.userId, 0)).toHaveLength(1)
    expect(await b.sessions.endAll(session.userId)).toEqual([session.id])
  })

  /** Gives a slot, empty now, from its node to the next. */
  async function move(slot: number): Promise<void> {
    const owner = [5461, 10_922, 16_383].findIndex(last => slot <= last)
    const [from, to] = [nodes[owner], nodes[(owner + 1) % 3]] as [DatabaseServer, DatabaseServer]
    const keys = (await tell(from, 'CLUSTER', 'GETKEYSINSLOT', String(slot), '100')) as string[]
    if (keys.length > 0) await tell(from, 'DEL', ...keys)
    const [fromId, id] = [await tell(from, 'CLUSTER', 'MYID'), await tell(to, 'CLUSTER', 'MYID')]
    // Only a node that imports a slot takes it for good: else gossip may give it back.
    await tell(to, 'CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', String(fromId))
    for (const node of [to, from]) {
      await tell(node, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', String(id))
    }
  }

  test('slots that move one right after the other are followed', async () => {
    const name = (i: number) => `nobody-${i}`
    for (let i = 0; i < 8; i++) await move(slotOf(name(i)))
    for (let i = 0; i < 8; i++) {
      expect(await b.sessions.find({ id: 'none', userId: name(i) })).toBeUndefined()
    }
    for (let i = 8; i < 16; i++) {
      await move(slotOf(name(i)))
      expect(await b.sessions.find({ id: 'none', userId: name(i) })).toBeUndefined()
    }
  })

  test('a slot that moves is followed', async () => {
    const session = await logIn(a)
    await a.sessions.endAll(session.userId)
    await move(slotOf(session.userId))
    expect(await b.sessions.find(session)).toBeUndefined()
    await expect(a.ping()).resolves.toBeUndefined()
    expect(await a.sessions.find(await logIn(a))).toBeDefined()
  })

  test('a node that dies takes its part: unavailable, never “ended”, and then back', async () => {
    const sessions = await Promise.all(Array.from({ length: 30 }, () => logIn(a)))
    const node = nodes[0] as DatabaseServer
    await node.stop('SIGKILL')
    const found = await Promise.all(
      sessions.map(session =>
        b.sessions.find(session).then(
          result => (result ? 'there' : 'ended'),
          (error: { code?: string }) => error.code,
        ),
      ),
    )
    expect(found).not.toContain('ended')
    expect(found).toContain('store_unavailable')
    await node.start()
    await until(async () => (await Promise.all([a.ping(), b.ping()])).length)
    const isBack = async () => b.sessions.find(await logIn(a))
    for (let i = 0; i < 30; i++) await until(isBack)
  })
})
