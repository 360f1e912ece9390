import net from 'node:net'
import * as redisModule from '@redis/client'
import { readRedisUrl } from '../../../../src/config/redis-url'
import { createEvents } from '../../../../src/events'
import { SWEEP_BATCH } from '../../../../src/store/contract/store'
import { createMemoryStore } from '../../../../src/store/memory/memory-store'
import type { RedisModule } from '../../../../src/store/redis/link/redis-route'
import { findPrimary } from '../../../../src/store/redis/link/sentinel'
import { openRedisStore } from '../../../../src/store/redis/redis-store'
import {
  available,
  type DatabaseServer,
  freePort,
  startRedis,
  startSentinel,
} from '../../../support/databases'
import { redisCommand } from '../../../support/redis-command'
import { sampleLogin, UNHURRIED, until } from '../two-stores'

const describeRedis = available('redis') ? describe : describe.skip
const portOf = ({ url }: DatabaseServer) => new URL(url).port

function ask(hosts: string, patience: { redisSentinelMs: number } = UNHURRIED) {
  const url = readRedisUrl(`redis+sentinel://:secret@${hosts}/main`)
  return findPrimary({ redis: redisModule, url, patience })
}

/** Sentinels of which each wants a login; resolves to the logins that they were shown. */
async function logInsAt(error: string) {
  const shown: unknown[] = []
  const createClient = ({ username, password }: { username?: string; password?: string }) => ({
    on() {},
    async connect() {},
    destroy() {},
    async sendCommand() {
      shown.push({ username, password })
      if (password === undefined) throw new Error(error)
      return ['10.0.0.1', '6379']
    },
  })
  const redis = { createClient } as unknown as RedisModule
  const url = readRedisUrl('redis+sentinel://user:secret@10.0.0.9/main')
  const found = await findPrimary({ redis, url, patience: UNHURRIED }).catch(
    (failure: Error) => failure.message,
  )
  return { shown, found }
}

test('a sentinel gets the data servers’ login only if it asks for one', async () => {
  const { shown, found } = await logInsAt('NOAUTH Authentication required.')
  expect(shown).toEqual([{}, { username: 'user', password: 'secret' }])
  expect(found).toMatchObject({ host: '10.0.0.1', port: 6379, password: 'secret' })
  expect((await logInsAt('ERR something else')).shown).toEqual([{}])
})

describeRedis('sentinels', () => {
  let primary: DatabaseServer
  let replica: DatabaseServer
  let sentinels: DatabaseServer[]
  const hosts = () => sentinels.map(each => `127.0.0.1:${portOf(each)}`).join(',')

  beforeAll(async () => {
    primary = await startRedis()
    replica = await startRedis(['--replicaof', '127.0.0.1', portOf(primary)])
    sentinels = await Promise.all([1, 2, 3].map(() => startSentinel('main', portOf(primary))))
    const first = sentinels[0] as DatabaseServer
    await until(async () => /online/.test(String(await redisCommand(primary.url, 'INFO'))))
    await until(async () => {
      const known = JSON.stringify(await redisCommand(first.url, 'SENTINEL', 'MASTER', 'main'))
      return /"num-slaves":"1"/.test(known) && /"num-other-sentinels":"2"/.test(known)
    })
  })
  afterAll(async () => {
    await Promise.all([primary, replica, ...sentinels].map(each => each.remove()))
  })

  test('the first that answers names the primary; one that is down or hangs is passed over', async () => {
    const silent = net.createServer(socket => socket.on('error', () => {}))
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as net.AddressInfo
    const down = await freePort()
    const list = `127.0.0.1:${down},127.0.0.1:${port},${hosts()}`
    const found = await ask(list, { redisSentinelMs: 300 })
    expect(found).toMatchObject({ host: '127.0.0.1', port: Number(portOf(primary)) })
    silent.close()
  })

  test('without one that answers, the last failure is thrown', async () => {
    const down = await freePort()
    await expect(ask(`127.0.0.1:${down}`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('sentinels that do not know the name leave no primary', async () => {
    const url = readRedisUrl(`redis+sentinel://${hosts()}/another`)
    const asked = findPrimary({ redis: redisModule, url, patience: UNHURRIED })
    await expect(asked).rejects.toThrow('UNKNOWNPRIMARY')
  })

  test('after a failover the new primary is found, sessions and all', async () => {
    const store = await openRedisStore({
      ...{ redis: redisModule, url: `redis+sentinel://${hosts()}/main`, prefix: 'mpl:' },
      ...{ users: createMemoryStore(SWEEP_BATCH), events: createEvents(), patience: UNHURRIED },
      log: { info() {}, warn() {}, error() {} },
    })
    const login = sampleLogin()
    const { userId } = await store.sessions.begin(login)
    const session = { id: login.sessionId, userId }
    // The session, the user's session ids, the newest session_key, the user's codes.
    await until(async () => (await redisCommand(replica.url, 'DBSIZE')) === 4)
    await primary.stop('SIGKILL')
    await until(() => store.ping().then(() => true))
    expect(await store.sessions.find(session)).toBeDefined()
    await store.sessions.begin(sampleLogin())
    await store.close()
  })
})
