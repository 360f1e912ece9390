import { once } from 'node:events'
import { Agent, get, type IncomingMessage, request } from 'node:http'
import net, { type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSimulator } from '../../src/simulator/index'
import { startServer } from '../support/server-process'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { temporaryFolder } from '../support/temporary'

const DESCRIPTORS = 200
const CONNECTIONS = 400

const read = async (answer: IncomingMessage) => {
  let text = ''
  for await (const chunk of answer) text += chunk
  return { status: answer.statusCode, body: JSON.parse(text) }
}
const until = async (isTrue: () => boolean | Promise<boolean>) => {
  while (!(await isTrue())) await sleep(10)
}

test('400 connections on 200 descriptors: not ready, and who is connected logs in and is kept', async () => {
  const folder = temporaryFolder()
  const simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
  await simulator.listen()
  const env = {
    NODE_ENV: 'production',
    PRESTOP_MS: '0',
    WX_APPID: OTHER_APP.appid,
    WX_SECRET: OTHER_APP.secret,
    WX_API_BASE_URL: simulator.url,
    JWT_SECRET,
    DATABASE_URL: `sqlite:${join(folder.path, 'login.db')}`,
  }
  const patience = { surplusMs: 100 }
  const { url, stop, output } = await startServer(env, folder.path, patience, DESCRIPTORS)
  const port = Number(new URL(url).port)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  /** Over the one connection that stands since before the others came. */
  const kept = (path: string, body?: object): ReturnType<typeof read> =>
    new Promise((resolve, reject) => {
      const headers = { 'Content-Type': 'application/json' }
      const options = { port, path, agent, headers, method: body ? 'POST' : 'GET' }
      const asked = request(options, answer => void read(answer).then(resolve, reject))
      asked.on('error', reject).end(body && JSON.stringify(body))
    })
  /** As a prober asks: over a new connection. Undefined where it was closed without an answer. */
  const probe = (): Promise<Awaited<ReturnType<typeof read>> | undefined> =>
    new Promise(resolve => {
      get({ port, path: '/readyz', agent: false }, answer => void read(answer).then(resolve)).on(
        'error',
        () => resolve(undefined),
      )
    })
  const isReady = async () => (await probe())?.status === 200

  const crowd: Socket[] = []
  try {
    await until(isReady)
    await kept('/livez')
    for (let i = 0; i < CONNECTIONS; i++) {
      const socket = net.connect(port, '127.0.0.1')
      socket.on('error', () => {})
      crowd.push(socket)
      await once(socket, 'connect')
    }
    const notReady = { status: 503, body: { error: 'overloaded', action: 'wait' } }
    expect(await kept('/readyz')).toMatchObject(notReady)
    const heard: unknown[] = []
    await until(async () => heard.push(await probe()) > 0 && heard.at(-1) !== undefined)
    expect(heard.at(-1)).toMatchObject(notReady)
    for (let i = 0; i < 5; i++) {
      const code = simulator.mintCode({ appid: OTHER_APP.appid, user: `user-${i}` })
      const login = await kept('/login', { code })
      expect(login.status).toBe(200)
      expect(await kept(`/checklogin?token=${login.body.token}`)).toMatchObject({
        body: { is_login: true },
      })
    }
    for (const socket of crowd.splice(0)) socket.destroy()
    await until(isReady)
    expect(output().match(/connections_short/g)).toHaveLength(1)
    expect(output()).not.toMatch(/EMFILE|store\.lost/)
  } finally {
    for (const socket of crowd) socket.destroy()
    agent.destroy()
    expect(await stop()).toBe(0)
    await simulator.close()
    folder.remove()
  }
})
