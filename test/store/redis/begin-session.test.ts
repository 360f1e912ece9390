import * as redisModule from '@redis/client'
import { createEvents } from '../../../src/events'
import { SWEEP_BATCH } from '../../../src/store/contract/store'
import { createMemoryStore } from '../../../src/store/memory/memory-store'
import { openRedisStore } from '../../../src/store/redis/redis-store'
import { available } from '../../support/databases'
import { type Database, sharedDatabase } from '../../support/shared-servers/database'
import { connectAdmin, NOW, sampleLogin, UNHURRIED, unique } from './two-stores'

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('a login in Redis whose user is changed while it is under way', () => {
  let database: Database
  beforeAll(async () => {
    database = await sharedDatabase('redis')
  })
  afterAll(() => database.remove())

  /** A store whose users rest in memory, and whose logins stop once the database named the user. */
  async function setUp() {
    const users = createMemoryStore(SWEEP_BATCH)
    let saved: (() => void) | undefined
    let goOn: Promise<void> | undefined
    const store = await openRedisStore({
      ...{ redis: redisModule, url: database.url, prefix: 'mpl:', patience: UNHURRIED },
      users: {
        ...users,
        async saveUser(login) {
          const user = await users.saveUser(login)
          saved?.()
          await goOn
          return user
        },
      },
      events: createEvents(),
      log: { info() {}, warn() {}, error() {} },
    })
    const openid = unique('openid')
    const first = sampleLogin({ openid })
    const { userId } = await store.sessions.begin(first)
    return {
      store,
      userId,
      /** Runs the change while a further login of the user stands between database and Redis. */
      async during(change: () => Promise<unknown>) {
        const login = sampleLogin({ openid })
        await store.codes.claim({ ...login, idempotencyHash: null })
        let open = () => {}
        goOn = new Promise(resolve => {
          open = resolve
        })
        const isSaved = new Promise<void>(resolve => {
          saved = resolve
        })
        const beginning = store.sessions.begin(login)
        await isSaved
        goOn = saved = undefined
        await change()
        open()
        return { login, begun: await beginning }
      },
    }
  }

  test('leaves no session when the user was disabled, and settles no code', async () => {
    const { store, userId, during } = await setUp()
    const { login, begun } = await during(() =>
      store.users.disable(userId, { reason: null, now: NOW }),
    )
    expect(begun).toMatchObject({ userId, isDisabled: true })
    expect(await store.sessions.list(userId, NOW)).toEqual([])
    expect(await store.sessions.find({ id: login.sessionId, userId })).toBeUndefined()
    expect(await store.codes.find(login.codeHash)).toMatchObject({ status: 'claimed' })
    await store.close()
  })

  test('is a new user’s when the user was erased, and no key of the erased one is left', async () => {
    const { store, userId, during } = await setUp()
    const { login, begun } = await during(() => store.users.erase(userId, NOW))
    expect(begun).toMatchObject({ userId: login.newUserId, isNewUser: true, isDisabled: false })
    expect(await store.sessions.find({ id: login.sessionId, userId: begun.userId })).toBeDefined()
    const admin = await connectAdmin(database.url)
    expect(await admin.keys(`*${userId}*`)).toEqual([])
    admin.destroy()
    await store.close()
  })
})
