import net from 'node:net'
import { defineScript, runScript } from '../../../src/store/redis/script'
import { available } from '../../support/databases'
import { NOW, openTwoStores, sampleLogin, type TwoStores, unique, until } from './two-stores'

test.each([
  ['a variable', `local key = KEYS[1] return redis.call('GET', key)`],
  ['a computed number', `for i = 1, #KEYS do redis.call('DEL', KEYS[i]) end`],
  ['an expression', `return redis.call('GET', KEYS[1] .. ':x')`],
  ['an argument', `return redis.call('GET', ARGV[1])`],
  ['a text', `return redis.call('GET', 'name')`],
  ['no key', `return redis.call('TIME')`],
  ['pcall', `return redis.pcall('GET', KEYS[1])`],
  ['a command that is computed', `return redis.call(ARGV[1], KEYS[1])`],
  ['unpack', `return redis.call('DEL', KEYS[1], unpack(ARGV))`],
])('a script with %s where a key should be literal is none: proxies refuse it', (_, text) => {
  expect(() => defineScript(text)).toThrow(/a script must/)
})

test('a script whose keys are all literal is taken', () => {
  const { text } = defineScript(`return redis.call('GET', KEYS[1]) or redis.call('DEL', KEYS[12])`)
  expect(text).toContain('KEYS[12]')
})

test('a script that Redis does not know is sent whole, any other error is not answered so', async () => {
  const script = defineScript('return 1')
  const sent: string[] = []
  const answer = (error: string) => ({
    async send(_redisKey: string, [command = '']: readonly string[]) {
      sent.push(command)
      if (command === 'EVALSHA') throw new Error(error)
      return 1
    },
  })
  expect(await runScript(answer('NOSCRIPT No matching script.'), script, ['key'], [])).toBe(1)
  expect(sent).toEqual(['EVALSHA', 'EVAL'])
  await expect(runScript(answer('OOM no'), script, ['key'], [])).rejects.toThrow('OOM')
  expect(sent).toEqual(['EVALSHA', 'EVAL', 'EVALSHA'])
})

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('scripts in Redis', () => {
  let two: TwoStores
  beforeAll(async () => {
    two = await openTwoStores()
  })
  afterAll(() => two.close())

  test('Redis may lose its scripts at any time', async () => {
    await two.admin.scriptFlush()
    const session = await two.logIn()
    expect(await two.a.sessions.find(session)).toBeDefined()
  })

  test('every script touches only Redis keys that were named to it', async () => {
    const monitor = await watch(two.redis.url)
    await doEverything(two)
    const mark = unique('mark')
    await two.admin.echo(mark)
    await until(async () => monitor.lines.some(line => line.includes(mark)))
    monitor.close()
    let named = new Set<string>()
    const scripts = new Set<string>()
    const unnamed: string[] = []
    for (const { byScript, words } of monitor.lines.map(read)) {
      const [command = '', sha = '', many] = words
      if (/^EVAL/i.test(command)) {
        named = new Set(words.slice(3, 3 + Number(many)))
        if (command === 'EVALSHA') scripts.add(sha)
      } else if (byScript && !named.has(sha)) unnamed.push(`${command} ${sha}`)
    }
    expect(unnamed).toEqual([])
    // Codes 3, counters 1, values 3, sessions 4 and one more for a login that ends another session,
    // newest session_key 2, version 0.1 1.
    expect(scripts.size).toBe(15)
  })
})

async function doEverything({ a, admin }: TwoStores): Promise<void> {
  const openid = unique('openid')
  const claim = { idempotencyHash: null, now: NOW, expiresAt: NOW + 1000 }
  const logins = Array.from({ length: 12 }, () => sampleLogin({ openid }))
  for (const login of logins) {
    const { codeHash, owner } = login
    await a.codes.claim({ codeHash, owner, ...claim })
    await a.sessions.begin(login)
  }
  await a.codes.claim({ codeHash: 'given back', owner: 'me', ...claim })
  await a.codes.release('given back', 'me')
  const { userId } = await a.sessions.begin(sampleLogin({ openid }))
  const [{ id } = { id: '' }] = await a.sessions.list(userId, NOW)
  await a.sessions.reseal({ id, userId }, { sealed: 'kid2', from: 'key' })
  await a.users.noteKeyCheck(userId, 'key', { at: NOW, valid: true })
  await a.users.replaceNewestKey(userId, { from: 'key', to: 'other', now: NOW })
  await admin.del(`mpl:{${userId}}:k`)
  await admin.set(`mpl:{${userId}}:k`, `${NOW}|key`)
  await a.users.noteKeyCheck(userId, 'key', { at: NOW, valid: true })
  await a.sessions.end({ id, userId })
  await a.sessions.endAll(userId)
  await a.counters.count('address', 1000, NOW)
  await a.values.write('value', 'text', claim)
  await a.values.claim('value', 'text', claim)
  await a.values.drop('value', 'text')
}

/** What Redis says of every command that it runs, scripts' commands too. */
async function watch(url: string) {
  const { hostname, port } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  let text = ''
  socket.on('data', chunk => {
    text += chunk
  })
  socket.write('MONITOR\r\n')
  await until(async () => text.includes('OK'))
  return {
    get lines() {
      return text.split('\r\n').slice(1)
    },
    close: () => socket.destroy(),
  }
}

/** A line of MONITOR: `+<time> [<database> lua] "HSET" "key" …`. */
function read(line: string): { byScript: boolean; words: string[] } {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word)
  return { byScript: / lua\] /.test(line), words }
}
