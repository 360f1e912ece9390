import { createSimulator, type Fault, type Simulator } from '../../src/simulator/index'
import type { Deadline } from '../../src/upstream/deadline'
import { AppSecrets } from '../../src/wx/app-secrets'
import type { Jscode2session } from '../../src/wx/jscode2session'
import { WxRefused } from '../../src/wx/wx-refused'
import { failureOf } from './failures'
import { createRecorder } from './recorder'
import { closeAll, startWx } from './start-wx'

const appid = 'wx0000000000000000'
const asking = { appid, origin: { requestId: 'r-1' } }
const OLD = '01d5ec7e01d5ec7e01d5ec7e01d5ec7e'
const NEW = '2e35ec7e2e35ec7e2e35ec7e2e35ec7e'
const WRONG = '3709ec7e3709ec7e3709ec7e3709ec7e'

const recorder = createRecorder()
let simulator: Simulator
let exchangeCode: Jscode2session

afterEach(async () => {
  await closeAll()
  await simulator.close()
})

/** A WeChat that takes one secret, and a service that has these. */
async function start(taken: string, secrets: readonly string[]): Promise<void> {
  recorder.forget()
  simulator = createSimulator({ apps: { [appid]: taken } })
  const baseUrl = await simulator.listen()
  const { events, log } = recorder
  const apps = new Map([[appid, secrets]])
  exchangeCode = startWx({ baseUrl, apps, now: Date.now, events, log }).exchangeCode
}

const logIn = () => exchangeCode(simulator.mintCode(), asking)
const sentSecrets = () =>
  simulator.calls.map(({ query }) => query.find(([name]) => name === 'secret')?.[1])
const placesTold = () => recorder.lines.filter(({ event }) => event === 'wechat_app_secret')

test('a login goes through with whichever of the two secrets WeChat takes', async () => {
  await start(OLD, [NEW, OLD])
  expect((await logIn()).openid).toBe(simulator.user('alice').openid)
  expect(sentSecrets()).toEqual([NEW, OLD])
  // The refusal of the first one is not a failure of the login.
  expect(recorder.told).toEqual([])
})

test('the secret that WeChat took is remembered: the next login is one call', async () => {
  await start(OLD, [NEW, OLD])
  for (let i = 0; i < 3; i++) await logIn()
  expect(sentSecrets()).toEqual([NEW, OLD, OLD, OLD])
})

test('when WeChat moves on to the other secret no login fails, before and after', async () => {
  await start(OLD, [NEW, OLD])
  await logIn()
  simulator.setSecrets(appid, NEW)
  for (let i = 0; i < 2; i++) await logIn()
  expect(sentSecrets()).toEqual([NEW, OLD, OLD, NEW, NEW])
})

test('the log says once which secret WeChat takes, by its place and not by its value', async () => {
  await start(OLD, [NEW, OLD])
  await Promise.all([logIn(), logIn(), logIn()])
  simulator.setSecrets(appid, NEW)
  await Promise.all([logIn(), logIn(), logIn()])
  const line = { event: 'wechat_app_secret', appid, request_id: 'r-1' }
  const hint = expect.stringContaining('refused the current one')
  expect(placesTold()).toEqual([
    { ...line, level: 'warn', taken: 'previous', hint },
    { ...line, level: 'info', taken: 'current' },
  ])
  expect(recorder.text()).not.toContain(OLD)
  expect(recorder.text()).not.toContain(NEW)
})

test('two secrets that WeChat refuses are a misconfiguration, after two calls and no more', async () => {
  await start(WRONG, [NEW, OLD])
  expect(await failureOf(logIn())).toMatchObject({ code: 'misconfigured', wxErrcode: 40125 })
  expect(sentSecrets()).toEqual([NEW, OLD])
  expect(placesTold()).toEqual([])
  expect(recorder.told).toMatchObject([{ type: 'wechat.refused', wxErrcode: 40125 }])
})

test('one secret that WeChat refuses is not tried again', async () => {
  await start(OLD, [NEW])
  expect((await failureOf(logIn())).wxErrcode).toBe(40125)
  expect(simulator.calls).toHaveLength(1)
})

test('if 40125 spends the code after all, its sender needs a new one, and that goes through', async () => {
  await start(OLD, [NEW, OLD])
  simulator.fail({ errcode: 40125, spends: true })
  expect(await failureOf(logIn())).toMatchObject({ code: 'code_used', action: 'login' })
  await logIn()
  expect(sentSecrets()).toEqual([NEW, OLD, OLD])
})

test.each<Fault>([
  { errcode: -1 },
  { errcode: 40001 },
  { errcode: 40013 },
  { errcode: 40029 },
  { errcode: 40163 },
  { errcode: 40164 },
  { errcode: 40226 },
  { errcode: 40243 },
  { errcode: 45011 },
  { errcode: 99999 },
  { transport: 'reset' },
  { transport: 'resetmid' },
  { transport: 'html502' },
  { transport: 'empty' },
])('after %p the code is not sent again, however many secrets there are', async fault => {
  await start(OLD, [NEW, OLD])
  simulator.fail(fault)
  await failureOf(logIn())
  expect(simulator.calls).toHaveLength(1)
})

test('an answer that proves nothing about a secret leaves the order as it is', async () => {
  await start(OLD, [NEW, OLD])
  simulator.fail({ errcode: 40125 })
  simulator.fail({ errcode: 45011 })
  await failureOf(logIn())
  await logIn()
  expect(sentSecrets()).toEqual([NEW, OLD, NEW, OLD])
})

test('both calls have the one deadline', async () => {
  await start(OLD, [NEW, OLD])
  const { log } = recorder
  const secrets = new AppSecrets({ apps: new Map([[appid, [NEW, OLD]]]), timeoutMs: 700, log })
  const deadlines: Deadline[] = []
  const refusing = async (_secret: string, deadline: Deadline) => {
    deadlines.push(deadline)
    throw new WxRefused(40125, { errmsg: '', now: 0 })
  }
  await failureOf(secrets.use(asking, refusing))
  const [first, second] = deadlines
  expect(deadlines).toHaveLength(2)
  expect(second).toBe(first)
  expect(first?.totalMs).toBe(700)
})

test('an app that is not configured is unknown, and WeChat is not asked', async () => {
  await start(OLD, [OLD])
  const other = { ...asking, appid: 'wx1111111111111111' }
  const error = await failureOf(exchangeCode(simulator.mintCode(), other))
  expect(error.code).toBe('unknown_appid')
  expect(simulator.calls).toHaveLength(0)
})
