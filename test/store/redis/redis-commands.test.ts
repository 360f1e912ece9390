import { LoginError } from '../../../src/errors'
import { createRedisCommands, hashArgs, lifeOf } from '../../../src/store/redis/redis-commands'
import { defineScript } from '../../../src/store/redis/script'
import { UNHURRIED } from './two-stores'

type Send = (redisKey: string, args: readonly string[]) => Promise<unknown>

function commandsOn(send: Send, patience: { storeMs: number } = UNHURRIED) {
  return createRedisCommands({ send, isFresh: redisKey => redisKey === 'fresh' }, patience)
}

function recording() {
  const sent: unknown[] = []
  const send: Send = async (redisKey, args) => {
    sent.push([redisKey, args])
    return 'OK'
  }
  return { sent, commands: commandsOn(send) }
}

test('a command goes where its key lives, and its answer comes back', async () => {
  const { sent, commands } = recording()
  expect(await commands.send('key', ['GET', 'key'])).toBe('OK')
  expect(sent).toEqual([['key', ['GET', 'key']]])
  expect([commands.isFresh('fresh'), commands.isFresh('other')]).toEqual([true, false])
})

test('a script runs where its first key lives, and is told all its keys and arguments', async () => {
  const { sent, commands } = recording()
  const script = defineScript('return 1')
  await commands.run(script, ['first', 'second'], 'text', 7)
  expect(sent).toEqual([['first', ['EVALSHA', script.sha, '2', 'first', 'second', 'text', '7']]])
})

test('the other instances are told once a PING on the connection of the key is answered', async () => {
  const { sent, commands } = recording()
  await commands.untilTold('key')
  expect(sent).toEqual([['key', ['PING']]])
})

test('one deadline covers a whole call, whatever number of commands it takes', async () => {
  // Nothing answers: only the deadline can end it.
  const commands = commandsOn(() => new Promise(() => {}), { storeMs: 1 })
  const call = commands.inTime(async () => {
    await commands.send('key', ['GET', 'key'])
    await commands.send('key', ['GET', 'other'])
  })
  await expect(call).rejects.toMatchObject({ code: 'store_unavailable', reason: 'deadline' })
})

test('what Redis says of a failure does not reach the caller', async () => {
  const commands = commandsOn(() => Promise.reject(new Error('OOM canary')))
  const call = commands.inTime(() => commands.send('key', ['GET', 'key']))
  const error = await call.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(LoginError)
  expect(error).toMatchObject({ code: 'store_unavailable', reason: 'redis_oom' })
  expect(String(error)).not.toContain('canary')
})

test.each([
  [2000, 1500, 500],
  [1501, 1500, 1],
  [1500, 1500, 1],
  [1000, 1500, 1],
])('what ends at %d lives %d later for %d ms: Redis refuses a life of none', (end, now, life) => {
  expect(lifeOf(end, now)).toBe(life)
})

test('a field that is null is not written; one that is 0 or empty is', () => {
  expect(hashArgs({ a: null, b: 0, c: '', d: 'x' })).toEqual(['b', 0, 'c', '', 'd', 'x'])
})
