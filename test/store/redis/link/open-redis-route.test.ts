import { readRedisUrl } from '../../../../src/config/redis-url'
import { createEvents } from '../../../../src/events'
import { openRedisRoute } from '../../../../src/store/redis/link/open-redis-route'
import type { RedisModule } from '../../../../src/store/redis/link/redis-route'
import { UNHURRIED, until } from '../two-stores'

interface ClientOptions {
  readonly socket: { readonly port: number }
  readonly database?: number
}

/** Servers that answer these commands; resolves to where each command went. */
function serversThat(answer: (command: string) => unknown) {
  const asked: string[] = []
  const createClient = ({ socket, database = 0 }: ClientOptions) => ({
    on() {},
    async connect() {},
    destroy() {},
    async sendCommand(args: readonly string[]) {
      const command = args.slice(0, 2).join(' ')
      if (command !== 'PING') asked.push(`${socket.port}/${database} ${command}`)
      return answer(command)
    },
  })
  return { asked, redis: { createClient } as unknown as RedisModule }
}

function open(url: string, redis: RedisModule) {
  return openRedisRoute({
    ...{ redis, url: readRedisUrl(url), events: createEvents(), patience: UNHURRIED },
    onInvalidate() {},
    onLost() {},
    async onConnected() {},
  })
}

test('of one server every command goes to the server that the URL names, into its database', async () => {
  const { asked, redis } = serversThat(() => 'OK')
  const route = open('redis://127.0.0.1:7001/5', redis)
  await route.tried
  expect(await route.send('any key', ['GET', 'x'])).toBe('OK')
  await route.ping()
  expect(route.isFresh('any key')).toBe(true)
  expect(asked).toEqual(['7001/5 GET x'])
  route.close()
  expect(route.isFresh('any key')).toBe(false)
})

test('behind sentinels the first sentinel is asked, and the server that it names must be the primary', async () => {
  const { asked, redis } = serversThat(command => {
    if (command.startsWith('SENTINEL')) return ['127.0.0.1', '7009']
    return command === 'ROLE' ? ['master', 0, []] : 'OK'
  })
  const route = open('redis+sentinel://127.0.0.1:7002,127.0.0.1:7003/main', redis)
  await route.tried
  expect(await route.send('any key', ['GET', 'x'])).toBe('OK')
  expect(asked).toEqual(['7002/0 SENTINEL GET-MASTER-ADDR-BY-NAME', '7009/0 ROLE', '7009/0 GET x'])
  route.close()
})

test('a replica that a sentinel took for the primary gets no command', async () => {
  const { asked, redis } = serversThat(command =>
    command.startsWith('SENTINEL') ? ['127.0.0.1', '7009'] : ['slave', 'elsewhere'],
  )
  const route = open('redis+sentinel://127.0.0.1:7002/main', redis)
  await route.tried
  await expect(route.send('any key', ['GET', 'x'])).rejects.toMatchObject({
    code: 'store_unavailable',
  })
  expect(asked).not.toContain('7009/0 GET x')
  route.close()
})

test('of a cluster each command goes to the node that has the slot of its key', async () => {
  const half = (from: number, to: number, port: number) => [from, to, ['127.0.0.1', port, 'id']]
  const map = [half(0, 8191, 7005), half(8192, 16_383, 7006)]
  const { asked, redis } = serversThat(command => (command === 'CLUSTER SLOTS' ? map : 'OK'))
  const route = open('redis+cluster://127.0.0.1:7005', redis)
  await route.tried
  // Their slots are 15495 and 3300, by CRC16.
  const ask = (key: string) => route.send(key, ['GET', key])
  await until(() => Promise.all([ask('a'), ask('b')]))
  expect(asked).toEqual(expect.arrayContaining(['7006/0 GET a', '7005/0 GET b']))
  expect(asked).not.toContain('7005/0 GET a')
  route.close()
})
