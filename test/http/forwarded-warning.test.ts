import type { IncomingMessage, ServerResponse } from 'node:http'
import { createForwardedWarning } from '../../src/http/forwarded-warning'
import { type Service, type ServiceOptions, startService } from '../support/service'

test('the first X-Forwarded-For is warned of, and no other', () => {
  const warned: unknown[] = []
  const middleware = createForwardedWarning({ warn: (...line) => void warned.push(line) })
  let passed = 0
  const ask = (headers: Record<string, string>) =>
    middleware({ headers } as unknown as IncomingMessage, {} as ServerResponse, () => passed++)
  ask({})
  expect(warned).toEqual([])
  for (let i = 0; i < 3; i++) ask({ 'x-forwarded-for': '203.0.113.1' })
  expect(warned).toEqual([
    ['proxy_not_trusted', expect.objectContaining({ setting: 'TRUST_PROXY' })],
  ])
  expect(JSON.stringify(warned)).not.toContain('203.0.113.1')
  expect(passed).toBe(4)
})

describe('a service', () => {
  let service: Service
  afterEach(() => service.close())
  async function warnings(options: ServiceOptions) {
    service = await startService(options)
    for (let i = 0; i < 3; i++) {
      await service.http.get('/checklogin').set('X-Forwarded-For', `203.0.113.${i}`).expect(200)
    }
    return service.logLines.filter(({ event }) => event === 'proxy_not_trusted')
  }

  test.each([false, 0] as const)('that trusts no proxy (%p) warns once', async trustProxy => {
    expect(await warnings({ trustProxy })).toMatchObject([
      { level: 'warn', fields: { setting: 'TRUST_PROXY' } },
    ])
  })

  test('that trusts one does not warn', async () => {
    expect(await warnings({ trustProxy: 1 })).toEqual([])
    service.logLines.length = 0
  })

  test('warns of nothing while no such header comes', async () => {
    service = await startService()
    await service.http.get('/checklogin').expect(200)
    expect(service.logLines).toEqual([])
  })
})
