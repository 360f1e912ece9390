import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { INTERNAL_TOKEN, OTHER_APP, type Service, startService } from '../support/service'

const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'))

let draining = false
let service: Service
beforeAll(async () => {
  service = await startService({ isDraining: () => draining })
})
afterAll(() => service.close())

test.each(['/livez', '/healthz'])('%s says that the process runs, and its version', async path => {
  expect((await service.http.get(path).expect(200)).body).toEqual({ status: 'ok', version })
})

test('/readyz says that logins can be served, until the service is told to stop', async () => {
  expect((await service.http.get('/readyz').expect(200)).body).toMatchObject({ status: 'ready' })
  draining = true
  const { body, headers } = await service.http.get('/readyz').expect(503)
  expect(body).toMatchObject({ error: 'shutting_down', action: 'wait' })
  expect(headers['retry-after']).toBe('2')
  await service.http.get('/livez').expect(200)
  draining = false
})

test('/readyz says that anybody can log in as anybody, where the simulator’s app is one of ours', async () => {
  const simulated = { status: 'ready', simulator: true }
  expect((await service.http.get('/readyz').expect(200)).body).toEqual(simulated)
  const real = await startService({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
  try {
    expect((await real.http.get('/readyz').expect(200)).body).toEqual({ status: 'ready' })
  } finally {
    await real.close()
  }
})

test('/readyz says which part is down, to who shows the internal token', async () => {
  const ask = (token: string) => service.http.get('/readyz').set('X-Internal-Token', token)
  const { body } = await ask(INTERNAL_TOKEN).expect(200)
  expect(body.parts).toEqual({ process: 'ok', database: 'ok', data_key: 'ok' })
  expect((await ask('wrong').expect(200)).body).not.toHaveProperty('parts')
  draining = true
  const down = await ask(INTERNAL_TOKEN).expect(503)
  expect(down.body).toMatchObject({ error: 'shutting_down', parts: { process: 'shutting_down' } })
  expect(down.headers['retry-after']).toBe('2')
  expect((await ask('wrong').expect(503)).body).not.toHaveProperty('parts')
  draining = false
})
