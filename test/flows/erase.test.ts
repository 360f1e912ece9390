import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { available, startRedis } from '../support/databases'
import { type Service, startService } from '../support/service'
import { temporaryDatabase } from '../support/temporary'

/** Everything in a folder, as it lies on the disk. */
function bytesIn(folder: string): string {
  return readdirSync(folder)
    .map(name => join(folder, name))
    .map(path => (statSync(path).isDirectory() ? bytesIn(path) : readFileSync(path, 'latin1')))
    .join('')
}

/** Others who come before, beside and after, so that pages of the file are split and merged. */
const OTHERS = 60

/** A person who leaves traces wherever the service can keep them, among others. */
async function leaveTraces(service: Service) {
  const { simulator, login, http } = service
  simulator.setUnionidBound(SIMULATOR_APP.appid, true)
  const beside = async (user: string) => {
    const { token } = await service.logIn(user)
    await http
      .put('/me')
      .set({ token })
      .send({ nickname: `name of ${user}` })
      .expect(200)
  }
  for (let i = 0; i < OTHERS; i++) await beside(`before-${i}`)
  const ids: string[] = []
  let userId = ''
  for (const nickname of ['canary-old-name', 'canary-new-name']) {
    const { token } = await service.logIn('canary')
    const { sid, sub } = JSON.parse(
      Buffer.from(String(token.split('.')[1]), 'base64url').toString(),
    )
    ids.push(sid)
    userId = sub
    const avatar_url = `https://a.example/canary-avatar-${ids.length}`
    await http.put('/me').set({ token }).send({ nickname, avatar_url }).expect(200)
    const phone = simulator.mintPhoneCode({ user: 'canary' })
    await http.post('/phone').set({ token }).send({ code: phone }).expect(200)
    if (ids.length === 1) await http.post('/logout').set({ token }).expect(200)
    for (let i = 0; i < OTHERS / 3; i++) await beside(`beside-${ids.length}-${i}`)
  }
  const user = await login.users.byId(userId)
  await login.users.disable(userId, 'canary-reason')
  await login.users.enable(userId)
  await service.logIn('canary')
  const traces = [userId, ...ids, user?.openid, user?.unionid, user?.phoneNumber]
  return {
    userId,
    openid: String(user?.openid),
    traces: [
      ...traces.map(String),
      'canary-old-name',
      'canary-new-name',
      'canary-avatar',
      'canary-reason',
    ],
  }
}

test('in SQLite an erased person is in no byte of the file, its WAL or its index', async () => {
  const database = temporaryDatabase()
  const service = await startService({ database: database.url })
  try {
    const { userId, openid, traces } = await leaveTraces(service)
    const before = bytesIn(dirname(database.file))
    expect(traces.filter(trace => !before.includes(trace))).toEqual([])
    expect(await service.login.users.erase(userId)).toBe(true)
    const after = bytesIn(dirname(database.file))
    expect(traces.filter(trace => after.includes(trace))).toEqual([])
    expect(after).toContain('name of before-0')
    const { body } = await service.logIn('canary')
    expect(body.is_new_user).toBe(true)
    const again = await service.login.users.byOpenid(SIMULATOR_APP.appid, openid)
    expect(again?.id).not.toBe(userId)
  } finally {
    await service.close()
    database.remove()
  }
})

const testRedis = available('redis') ? test : test.skip
testRedis(
  'in Redis no key is left, and no byte of its files once Redis has rewritten them',
  async () => {
    const database = temporaryDatabase()
    const redis = await startRedis(['--appendonly', 'yes'])
    const service = await startService({ database: database.url, redisUrl: redis.url })
    const admin = createClient({ url: redis.url })
    await admin.connect()
    try {
      const { userId, traces } = await leaveTraces(service)
      const { dir } = await admin.configGet('dir')
      const inRedis = traces.filter(trace => bytesIn(String(dir)).includes(trace))
      expect(inRedis).toContain(userId)
      expect(await service.login.users.erase(userId)).toBe(true)
      expect(
        (await admin.keys('*')).filter(key => traces.some(trace => key.includes(trace))),
      ).toEqual([])
      await admin.sendCommand(['SAVE'])
      await admin.sendCommand(['BGREWRITEAOF'])
      while (/aof_rewrite_(in_progress|scheduled):1/.test(await admin.info('persistence')))
        await sleep(5)
      const after = bytesIn(String(dir)) + bytesIn(dirname(database.file))
      expect(traces.filter(trace => after.includes(trace))).toEqual([])
    } finally {
      admin.destroy()
      await service.close()
      await redis.remove()
      database.remove()
    }
  },
)
