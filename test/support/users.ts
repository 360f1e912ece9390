import { setTimeout as sleep } from 'node:timers/promises'
import type { Simulator } from '../../src/simulator/index'
import { type Answer, type Client, createClient } from './client'

/** People who use a service all the time and notice when anything goes wrong. */
export interface Users {
  /** Requests that were answered as they should be. */
  readonly count: () => number
  /** What went wrong, in words; whom it happens to stops there. */
  readonly complaints: readonly string[]
  /** Lets everybody finish what they are at. */
  stop(): Promise<void>
}

const PAUSE_MS = 4

/**
 * Half of them log in once and then check and renew for ever; the others log in, look and log out,
 * again and again, and look whether that holds.
 */
export function startUsers(url: string, simulator: Simulator, howMany: number): Users {
  const client = createClient(url)
  const complaints: string[] = []
  let count = 0
  let stopped = false

  async function expectOk(what: string, answer: Promise<Answer>): Promise<Answer['body']> {
    const { status, body } = await answer
    const wrongly = /check/.test(what) && body.is_login !== !/after/.test(what)
    if (status !== 200 || wrongly) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`)
    count++
    await sleep(PAUSE_MS)
    return body
  }
  const logIn = async (user: string) =>
    String((await expectOk('login', login(client, simulator, user))).token)
  const check = (token: string, what: string) =>
    expectOk(what, client.ask('GET', '/checklogin', { token }))

  async function stay(user: string): Promise<void> {
    let token = await logIn(user)
    while (!stopped) {
      await check(token, 'check')
      await expectOk('me', client.ask('GET', '/me', { token }))
      token = String((await expectOk('refresh', client.ask('POST', '/refresh', { token }))).token)
    }
  }

  async function comeAndGo(user: string): Promise<void> {
    while (!stopped) {
      const token = await logIn(user)
      await check(token, 'check')
      await expectOk('logout', client.ask('POST', '/logout', { token }))
      await check(token, 'check after the log-out')
    }
  }

  const all = Array.from({ length: howMany }, (_, i) =>
    (i % 2 ? stay : comeAndGo)(`user${i}`).catch(error => {
      complaints.push((error as Error).message)
    }),
  )
  return {
    count: () => count,
    complaints,
    async stop() {
      stopped = true
      await Promise.all(all)
      client.close()
    },
  }
}

/** A login with a code as wx.login gives it. */
export function login(client: Client, simulator: Simulator, user: string): Promise<Answer> {
  return client.ask('POST', '/login', { body: { code: simulator.mintCode({ user }) } })
}
