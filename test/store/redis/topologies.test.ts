import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as redis from '@redis/client'
import { readRedisUrl } from '../../../src/redis-url'
import { openStore } from '../../../src/store/open'
import { openRedisCluster } from '../../../src/store/redis/cluster'
import { slotOf } from '../../../src/store/redis/slots'
import type { Store } from '../../../src/store/store'
import { available, type DatabaseServer, startRedis, startSentinel } from '../../support/databases'
import { redisCommand } from '../../support/redis-command'
import { temporaryDatabase } from '../../support/temporary'

const describeRedis = available('redis') ? describe : describe.skip
const NOW = Date.UTC(2026, 0, 2)
const log = { info() {}, warn() {}, error() {} }
let serial = 0

async function logIn(store: Store) {
  const name = `name-${++serial}`
  const { userId } = await store.completeLogin({
    ...{ codeHash: name, owner: name, sessionId: name, newUserId: name, openid: name },
    ...{ appid: 'wx0000000000000000', unionid: null, sealed: 'sealed', keyHash: 'key' },
    ...{ now: NOW, expiresAt: NOW + 3_600_000 },
  })
  return { id: name, userId }
}

const portOf = ({ url }: DatabaseServer) => new URL(url).port

const tell = ({ url }: DatabaseServer, ...args: string[]) => redisCommand(url, ...args)

async function until(met: () => Promise<unknown>, ms: number): Promise<void> {
  const begun = performance.now()
  while (!(await met().catch(() => false))) {
    if (performance.now() - begun > ms) throw new Error('it did not come to that')
    await sleep(20)
  }
}

test.each([
  ['123456789', 12_739],
  ['{user1000}.following', 3443],
  ['foo{}{bar}', 8363],
  ['foo{{bar}}zap', 4015],
  ['foo{bar}{zap}', 5061],
])('the slot of %p is %p, as the specification has it', (key, slot) => {
  expect(slotOf(key)).toBe(slot)
})

describeRedis('a Redis Cluster that cannot be reached', () => {
  test('closing ends the search for it, too', async () => {
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
    const route = openRedisCluster({
      redis,
      url: readRedisUrl(`redis+cluster://${hosts.join(',')}`),
      log,
      onInvalidate() {},
      onLost() {},
      async onConnected() {},
    })
    await until(async () => connections === 1, 2000)
    route.close()
    await route.tried
    await sleep(100)
    expect(connections).toBe(1)
    for (const each of silent) each.close()
  })
})

describeRedis('a Redis Cluster of three', () => {
  let nodes: DatabaseServer[]
  let users: ReturnType<typeof temporaryDatabase>
  let a: Store
  let b: Store

  beforeAll(async () => {
    users = temporaryDatabase()
    const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000']
    nodes = await Promise.all([1, 2, 3].map(() => startRedis(settings)))
    const ranges = [
      ['0', '5461'],
      ['5462', '10922'],
      ['10923', '16383'],
    ] as const
    const first = nodes[0] as DatabaseServer
    for (const [i, node] of nodes.entries()) {
      await tell(node, 'CLUSTER', 'ADDSLOTSRANGE', ...(ranges[i] as readonly [string, string]))
      await tell(node, 'CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1))
      if (i > 0) await tell(first, 'CLUSTER', 'MEET', '127.0.0.1', portOf(node))
    }
    const isWhole = async (node: DatabaseServer) =>
      /cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(
        String(await tell(node, 'CLUSTER', 'INFO')),
      )
    for (const node of nodes) await until(() => isWhole(node), 10_000)
    const redisUrl = `redis+cluster://${nodes.map(node => `127.0.0.1:${portOf(node)}`).join(',')}`
    a = await openStore(users.url, { log, redisUrl })
    b = await openStore(users.url, { log, redisUrl })
  }, 20_000)
  afterAll(async () => {
    await Promise.all([a?.close(), b?.close()])
    await Promise.all(nodes.map(node => node.remove()))
    users.remove()
  })

  test('sessions live on all of them, and what ends on one instance ends on the other', async () => {
    const sessions = await Promise.all(Array.from({ length: 60 }, () => logIn(a)))
    for (const session of sessions) expect(await b.findSession(session)).toBeDefined()
    for (const node of nodes) expect(await tell(node, 'DBSIZE')).toBeGreaterThan(10)
    for (const session of sessions) await a.endSession(session)
    await sleep(5)
    for (const session of sessions) expect(await b.findSession(session)).toBeUndefined()
  })

  /** Gives a slot, empty now, from its node to the next. */
  async function move(slot: number): Promise<void> {
    const owner = [5461, 10_922, 16_383].findIndex(last => slot <= last)
    const [from, to] = [nodes[owner], nodes[(owner + 1) % 3]] as [DatabaseServer, DatabaseServer]
    const keys = (await tell(from, 'CLUSTER', 'GETKEYSINSLOT', String(slot), '100')) as string[]
    if (keys.length > 0) await tell(from, 'DEL', ...keys)
    const [fromId, id] = [await tell(from, 'CLUSTER', 'MYID'), await tell(to, 'CLUSTER', 'MYID')]
    // Only who imports a slot takes it for good: else gossip may give it back.
    await tell(to, 'CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', String(fromId))
    for (const node of [to, from]) {
      await tell(node, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', String(id))
    }
  }

  test('slots that move one right after the other are followed', async () => {
    const name = (i: number) => `nobody-${i}`
    for (let i = 0; i < 8; i++) await move(slotOf(name(i)))
    for (let i = 0; i < 8; i++) {
      expect(await b.findSession({ id: 'none', userId: name(i) })).toBeUndefined()
    }
    for (let i = 8; i < 16; i++) {
      await move(slotOf(name(i)))
      expect(await b.findSession({ id: 'none', userId: name(i) })).toBeUndefined()
    }
  })

  test('a slot that moves is followed', async () => {
    const session = await logIn(a)
    await a.endSessionsOfUser(session.userId)
    await move(slotOf(session.userId))
    expect(await b.findSession(session)).toBeUndefined()
    await expect(a.ping()).resolves.toBeUndefined()
    expect(await a.findSession(await logIn(a))).toBeDefined()
  })

  test('a node that dies takes its part: unavailable, never “ended”, and then back', async () => {
    const sessions = await Promise.all(Array.from({ length: 30 }, () => logIn(a)))
    const node = nodes[0] as DatabaseServer
    await node.stop('SIGKILL')
    await sleep(50)
    const found = await Promise.all(
      sessions.map(session =>
        b.findSession(session).then(
          result => (result ? 'there' : 'ended'),
          error => error.code,
        ),
      ),
    )
    expect(found).not.toContain('ended')
    expect(found).toContain('store_unavailable')
    await node.start()
    await until(async () => (await Promise.all([a.ping(), b.ping()])).length, 5000)
    const isBack = async () => b.findSession(await logIn(a))
    for (let i = 0; i < 30; i++) await until(isBack, 5000)
  })
})

describeRedis('sentinels and a failover', () => {
  test('the new primary is found, sessions and all', async () => {
    const users = temporaryDatabase()
    const primary = await startRedis()
    const replica = await startRedis(['--replicaof', '127.0.0.1', portOf(primary)])
    const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel('main', portOf(primary))))
    const hosts = sentinels.map(each => `127.0.0.1:${portOf(each)}`).join(',')
    await until(async () => /online/.test(String(await tell(primary, 'INFO', 'replication'))), 5000)
    const knowsAll = async () => {
      const text = JSON.stringify(
        await tell(sentinels[0] as DatabaseServer, 'SENTINEL', 'MASTER', 'main'),
      )
      return /"num-slaves":"1"/.test(text) && /"num-other-sentinels":"2"/.test(text)
    }
    await until(knowsAll, 15_000)
    const store = await openStore(users.url, { log, redisUrl: `redis+sentinel://${hosts}/main` })
    const session = await logIn(store)
    expect(await store.findSession(session)).toBeDefined()
    await sleep(100)
    await primary.stop('SIGKILL')
    await until(() => store.ping().then(() => true), 10_000)
    expect(await store.findSession(session)).toBeDefined()
    await logIn(store)
    await store.close()
    await Promise.all([primary, replica, ...sentinels].map(each => each.remove()))
    users.remove()
  }, 40_000)
})
