import { setTimeout as sleep } from 'node:timers/promises'
import supertest from 'supertest'
import { createSimulator, type Simulator } from '../../src/simulator/index'
import { readMetrics, type Scrape } from '../support/metrics'
import { childrenOf } from '../support/processes'
import { type ServerProcess, startServer } from '../support/server-process'
import { INTERNAL_TOKEN, JWT_SECRET, OTHER_APP } from '../support/service'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
const { appid, secret } = OTHER_APP
const LOGINS = `miniprogram_login_logins_total{app="${appid}",outcome="success",error="none"}`
let simulator: Simulator
let server: ServerProcess

beforeAll(async () => {
  simulator = createSimulator({ apps: { [appid]: secret } })
  await simulator.listen()
  const env = { WORKERS: '2', WX_APPID: appid, WX_SECRET: secret, INTERNAL_TOKEN, JWT_SECRET }
  const both = { ...env, WX_API_BASE_URL: simulator.url }
  server = await startServer(both, folder.path, { countedMs: 300, gatherMs: 60_000 })
})
afterAll(async () => {
  await server?.stop()
  await simulator.close()
  folder.remove()
})

/** A connection of its own for each, so that both processes get some. */
const ask = () => supertest(server.url)
const logIn = () =>
  ask().post('/login').set('Connection', 'close').send({ code: simulator.mintCode() }).expect(200)
async function logInTimes(count: number) {
  for (let i = 0; i < count; i++) await logIn()
}
async function scrape(): Promise<Scrape> {
  const { text } = await ask().get('/metrics').set('Connection', 'close').expect(200)
  return readMetrics(text)
}
const workers = () => childrenOf(Number(server.child.pid))

/** What a counter's decrease would be called by Prometheus: a restart. */
function fallen(before: Scrape, after: Scrape): string[] {
  return [...before].filter(([series, value]) => (after.get(series) ?? -1) < value).map(([s]) => s)
}

test('whichever process is asked, the answer counts them all', async () => {
  await logInTimes(10)
  for (let i = 0; i < 4; i++) expect((await scrape()).get(LOGINS)).toBe(10)
})

test('a process that hangs does not hang the scrape, and still counts', async () => {
  const before = await scrape()
  const hung = Number(workers()[0])
  process.kill(hung, 'SIGSTOP')
  try {
    // One of them may have been given to the process that hangs.
    const after = await Promise.any([scrape(), scrape(), scrape()])
    expect(fallen(before, after)).toEqual([])
    expect(after.get(LOGINS)).toBe(10)
  } finally {
    process.kill(hung, 'SIGCONT')
  }
})

test('a process that is killed and replaced sets no counter back', async () => {
  await logInTimes(10)
  const before = await scrape()
  expect(before.get(LOGINS)).toBe(20)
  const victim = Number(workers()[0])
  process.kill(victim, 'SIGKILL')
  while (workers().length < 2 || workers().includes(victim)) await sleep(20)
  await logInTimes(6)
  const after = await scrape()
  expect(fallen(before, after)).toEqual([])
  expect(after.get(LOGINS)).toBe(26)
})
