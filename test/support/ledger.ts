import { setTimeout as sleep } from 'node:timers/promises'
import type { Simulator } from '../../src/simulator/index'
import { createClient } from './client'
import { login } from './users'

/** Knows what a service has acknowledged, whatever became of it since. */
export interface Ledger {
  readonly logins: number
  readonly logouts: number
  /** Answers that no outage excuses, in words. */
  readonly complaints: readonly string[]
  /** Lets what is under way come to its end. */
  stop(): Promise<void>
  /** Asks about every session there ever was; how many acknowledgements do not hold. */
  audit(): Promise<{ lostLogins: number; endedButBack: number }>
}

const CALLERS = 16

/**
 * Logs people in and half of them out, as fast as the answers come, through all outages. What has
 * no answer counts for nothing: it may have happened or not.
 */
export function startLedger(url: string, simulator: Simulator): Ledger {
  const client = createClient(url)
  const held = new Set<string>()
  const ended = new Set<string>()
  const complaints: string[] = []
  let serial = 0
  let stopped = false

  /** The token, or undefined when nobody can say. */
  async function isAcknowledged(answer: ReturnType<typeof login>): Promise<boolean | string> {
    const { status, body } = await answer.catch(() => ({ status: 0, body: {} as never }))
    if (status === 200) return String(body.token)
    if (![0, 502, 503].includes(status)) complaints.push(`${status} ${JSON.stringify(body)}`)
    await sleep(10)
    return false
  }

  async function call(): Promise<void> {
    while (!stopped) {
      const leaves = ++serial % 2 === 0
      const token = await isAcknowledged(login(client, simulator, `user${serial}`))
      if (typeof token !== 'string') continue
      held.add(token)
      if (!leaves) continue
      held.delete(token)
      if (await isAcknowledged(client.ask('POST', '/logout', { token }))) ended.add(token)
    }
  }
  const callers = Array.from({ length: CALLERS }, call)

  /** Asked until the store answers: one that is not reached yet after its outage has lost nothing. */
  async function checked(token: string) {
    let answer = await client.ask('GET', '/checklogin', { token })
    for (; [502, 503].includes(answer.status); await sleep(50)) {
      answer = await client.ask('GET', '/checklogin', { token })
    }
    return answer
  }

  async function countWrong(tokens: Iterable<string>, expected: boolean): Promise<number> {
    let wrong = 0
    const queue = tokens[Symbol.iterator]()
    const auditor = async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) {
        const { status, body } = await checked(next.value)
        if (status !== 200 || body.is_login !== expected) wrong++
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, auditor))
    return wrong
  }

  return {
    get logins() {
      return held.size + ended.size
    },
    get logouts() {
      return ended.size
    },
    complaints,
    async stop() {
      stopped = true
      await Promise.all(callers)
    },
    async audit() {
      const lostLogins = await countWrong(held, true)
      const endedButBack = await countWrong(ended, false)
      client.close()
      return { lostLogins, endedButBack }
    },
  }
}
