import { LoginError } from '../../src/errors'
import { createReadyz } from '../../src/http/health'
import { type Service, startService } from '../support/service'

let draining = false
let service: Service
beforeAll(async () => {
  service = await startService({ isDraining: () => draining })
})
afterAll(() => service.close())

test.each(['/livez', '/healthz'])('%s says that the process runs', async path => {
  expect((await service.http.get(path).expect(200)).body).toEqual({ status: 'ok' })
})

test('/readyz says that logins can be served, until the service is told to stop', async () => {
  expect((await service.http.get('/readyz').expect(200)).body).toEqual({ status: 'ready' })
  draining = true
  const { body, headers } = await service.http.get('/readyz').expect(503)
  expect(body).toMatchObject({ error: 'shutting_down', action: 'wait' })
  expect(headers['retry-after']).toBe('2')
  await service.http.get('/livez').expect(200)
  draining = false
})

test('/readyz does not wait for a store that hangs', async () => {
  const readyz = createReadyz({
    store: { ping: () => new Promise(() => {}) },
    isDraining: () => false,
  })
  const begun = performance.now()
  const outcome = readyz({} as never, {} as never)
  await expect(outcome).rejects.toBeInstanceOf(LoginError)
  await expect(outcome).rejects.toMatchObject({ code: 'store_unavailable', status: 503 })
  expect(performance.now() - begun).toBeLessThan(1000)
})
