import { setTimeout as sleep } from 'node:timers/promises'
import { type Service, startService } from '../support/service'

const EVER = { times: Number.POSITIVE_INFINITY }

let service: Service
afterEach(() => service.close())

const login = (code: string) => service.http.post('/login').send({ code })
const linesOf = (event: string) => service.logLines.filter(line => line.event === event)
const openings = () =>
  linesOf('wechat.unreachable').filter(({ fields }) => fields.reason === 'breaker_open')

test('WeChat hangs, then heals: logins are refused with their codes unspent, and then go through', async () => {
  service = await startService({ wxTimeoutMs: 2000, patience: { breakerTrialMs: 1000 } })
  const { simulator, http } = service
  const { token } = await service.logIn('before')
  simulator.fail({ transport: 'never' }, EVER)
  while (openings().length === 0) {
    await Promise.all(Array.from({ length: 10 }, () => login(simulator.mintCode())))
  }

  // One login a second is the trial, which hangs. Any other one is refused.
  let tries = 0
  let refused = await login('sim-patient-0')
  while (refused.status === 504) refused = await login(`sim-patient-${++tries}`)
  const code = `sim-patient-${tries}`
  expect(refused.status).toBe(503)
  expect(refused.body).toMatchObject({ error: 'wechat_unavailable', action: 'login' })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  await http.get(`/checklogin?token=${token}`).expect(200, /"is_login":true/)

  simulator.reset()
  let healed = await login(code)
  while (healed.status === 503) {
    await sleep(20)
    healed = await login(code)
  }
  expect(healed.status).toBe(200)
  await login(simulator.mintCode({ user: 'next' })).expect(200)
  expect(openings()).toHaveLength(1)
  expect(linesOf('wechat_breaker_closed')).toHaveLength(1)
})

test('errcodes are answers: thirty bad codes keep nobody from logging in', async () => {
  service = await startService()
  service.simulator.fail({ errcode: 40029 }, EVER)
  for (let i = 0; i < 30; i++) await login(service.simulator.mintCode()).expect(400)
  service.simulator.reset()
  await login(service.simulator.mintCode()).expect(200)
  expect(openings()).toHaveLength(0)
})

test('an app whose WeChat fails keeps no other app’s users out', async () => {
  service = await startService({ wxApiBaseUrl: 'http://127.0.0.1:1', wxTimeoutMs: 30_000 })
  const appid = 'wx1111111111111111'
  for (let i = 0; i < 12; i++) await login(`code-${i}`).expect(503)
  expect(openings()).toHaveLength(1)
  const answer = await service.http.post('/login').send({ code: 'of-the-other', appid })
  expect(linesOf('login.failed').at(-1)?.fields.reason).toBe('ECONNREFUSED')
  expect(answer.status).toBe(503)
})
