import type { LoginError } from '../../src/errors'
import type { Log } from '../../src/log'
import { createSimulator, type Fault, type Simulator } from '../../src/simulator/index'
import { createAppSecrets } from '../../src/wx/app-secrets'
import { createWxClient } from '../../src/wx/client'
import { createCode2Session } from '../../src/wx/code2session'

const appid = 'wx0000000000000000'
const OLD = '01d5ec7e01d5ec7e01d5ec7e01d5ec7e'
const NEW = '2e35ec7e2e35ec7e2e35ec7e2e35ec7e'
const WRONG = '3709ec7e3709ec7e3709ec7e3709ec7e'

let simulator: Simulator
let lines: { level: string; event: string; [field: string]: unknown }[]
const write =
  (level: string): Log['info'] =>
  (event, fields) =>
    void lines.push({ level, event, ...fields })
const log: Log = { info: write('info'), warn: write('warn'), error: write('error') }

const closing: (() => void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) close()
  await simulator.close()
})

/** A WeChat that takes one secret, and a service that has these. */
async function start(taken: string, secrets: readonly string[], timeoutMs = 5000, latencyMs = 0) {
  lines = []
  simulator = createSimulator({ apps: { [appid]: taken }, latencyMs })
  const client = createWxClient({ baseUrl: await simulator.listen(), timeoutMs })
  closing.push(() => client.close())
  const options = { client, now: Date.now, log }
  const apps = new Map([[appid, secrets]])
  return createCode2Session({ ...options, secrets: createAppSecrets({ apps, timeoutMs, log }) })
}

const sentSecrets = () =>
  simulator.calls.map(({ query }) => query.find(([name]) => name === 'secret')?.[1])
const told = () => lines.filter(({ event }) => event === 'wechat_app_secret')

async function failureOf(work: Promise<unknown>): Promise<LoginError> {
  try {
    await work
  } catch (error) {
    return error as LoginError
  }
  throw new Error('it should have failed')
}

test('a login goes through with whichever of the two secrets WeChat takes', async () => {
  const code2Session = await start(OLD, [NEW, OLD])
  const { openid } = await code2Session(appid, simulator.mintCode())
  expect(openid).toBe(simulator.user('alice').openid)
  expect(sentSecrets()).toEqual([NEW, OLD])
})

test('what WeChat took is remembered: the next login is one call', async () => {
  const code2Session = await start(OLD, [NEW, OLD])
  for (let i = 0; i < 3; i++) await code2Session(appid, simulator.mintCode())
  expect(sentSecrets()).toEqual([NEW, OLD, OLD, OLD])
})

test('when WeChat moves on to the other secret no login fails, before and after', async () => {
  const code2Session = await start(OLD, [NEW, OLD])
  await code2Session(appid, simulator.mintCode())
  simulator.setSecrets(appid, NEW)
  for (let i = 0; i < 2; i++) await code2Session(appid, simulator.mintCode())
  expect(sentSecrets()).toEqual([NEW, OLD, OLD, NEW, NEW])
})

test('the log says once which secret WeChat takes, by its place and not by its value', async () => {
  const code2Session = await start(OLD, [NEW, OLD])
  const logIn = () => code2Session(appid, simulator.mintCode())
  await Promise.all([logIn(), logIn(), logIn()])
  simulator.setSecrets(appid, NEW)
  await Promise.all([logIn(), logIn(), logIn()])
  expect(told()).toEqual([
    {
      level: 'warn',
      event: 'wechat_app_secret',
      appid,
      taken: 'previous',
      hint: expect.stringContaining('refused the current one'),
    },
    { level: 'info', event: 'wechat_app_secret', appid, taken: 'current' },
  ])
  expect(JSON.stringify(lines)).not.toContain(OLD)
  expect(JSON.stringify(lines)).not.toContain(NEW)
})

test('two secrets that WeChat refuses are a misconfiguration, after two calls and no more', async () => {
  const code2Session = await start(WRONG, [NEW, OLD])
  const error = await failureOf(code2Session(appid, simulator.mintCode()))
  expect(error).toMatchObject({ code: 'misconfigured', wxErrcode: 40125 })
  expect(sentSecrets()).toEqual([NEW, OLD])
  expect(told()).toEqual([])
  expect(lines.at(-1)).toMatchObject({ level: 'error', event: 'wechat_refused', errcode: 40125 })
})

test('one secret that WeChat refuses is not tried again', async () => {
  const code2Session = await start(OLD, [NEW])
  expect((await failureOf(code2Session(appid, simulator.mintCode()))).wxErrcode).toBe(40125)
  expect(simulator.calls).toHaveLength(1)
})

test('should 40125 spend the code after all, its sender needs a new one, and that goes through', async () => {
  const code2Session = await start(OLD, [NEW, OLD])
  simulator.fail({ errcode: 40125, spends: true })
  const error = await failureOf(code2Session(appid, simulator.mintCode()))
  expect(error).toMatchObject({ code: 'code_used', action: 'login' })
  await code2Session(appid, simulator.mintCode())
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
  const code2Session = await start(OLD, [NEW, OLD])
  simulator.fail(fault)
  await failureOf(code2Session(appid, simulator.mintCode()))
  expect(simulator.calls).toHaveLength(1)
})

test('an answer that proves nothing about a secret leaves the order as it is', async () => {
  const code2Session = await start(OLD, [NEW, OLD])
  simulator.fail({ errcode: 40125 })
  simulator.fail({ errcode: 45011 })
  await failureOf(code2Session(appid, simulator.mintCode()))
  await code2Session(appid, simulator.mintCode())
  expect(sentSecrets()).toEqual([NEW, OLD, NEW, OLD])
})

test('both calls together keep to the one deadline', async () => {
  const code2Session = await start(OLD, [NEW, OLD], 1000, 600)
  const error = await failureOf(code2Session(appid, simulator.mintCode()))
  expect(error.code).toBe('wechat_timeout')
  // With a deadline of its own the second call would have had its answer.
  expect(simulator.calls).toHaveLength(2)
})

test('an app that is not configured is unknown, and WeChat is not asked', async () => {
  const code2Session = await start(OLD, [OLD])
  const error = await failureOf(code2Session('wx1111111111111111', simulator.mintCode()))
  expect(error.code).toBe('unknown_appid')
  expect(simulator.calls).toHaveLength(0)
})
