import { createDurabilityWarning } from '../../../../src/store/redis/link/durability'

/** A Redis that is set so; null where CONFIG is forbidden. */
function redisWith(settings: Record<string, string> | null) {
  const warned: unknown[] = []
  const log = {
    info() {},
    error() {},
    warn: (event: string, fields: object = {}) => void warned.push({ event, ...fields }),
  }
  const warn = createDurabilityWarning(log)
  const send = async (args: readonly string[]) => {
    if (settings === null) throw new Error('NOPERM no CONFIG here')
    const option = String(args[2])
    return option in settings ? { [option]: settings[option] } : {}
  }
  return { warned, ask: () => warn(send) }
}

const SAFE = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' }

test('what would be safe is silent', async () => {
  const { warned, ask } = redisWith(SAFE)
  await ask()
  expect(warned).toEqual([])
})

test.each([
  ['appendonly', 'no'],
  ['appendfsync', 'everysec'],
  ['maxmemory-policy', 'allkeys-lru'],
])(
  '%s %s is told once, with what it should be, however often Redis is connected to',
  async (option, is) => {
    const { warned, ask } = redisWith({ ...SAFE, [option]: is })
    await ask()
    await ask()
    const wanted = SAFE[option as keyof typeof SAFE]
    expect(warned).toMatchObject([
      { event: 'store_may_forget_sessions', setting: 'REDIS_URL (redisUrl)', option, is, wanted },
    ])
  },
)

test('without an append-only file it does not matter how often that would be written', async () => {
  const { warned, ask } = redisWith({ ...SAFE, appendonly: 'no', appendfsync: 'no' })
  await ask()
  expect(warned).toMatchObject([{ option: 'appendonly' }])
})

test('where CONFIG is forbidden nothing is claimed, and the next connection asks again', async () => {
  const { warned, ask } = redisWith(null)
  await expect(ask()).rejects.toThrow('NOPERM')
  await expect(ask()).rejects.toThrow('NOPERM')
  expect(warned).toEqual([])
})
