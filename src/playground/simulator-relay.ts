/** What the page may ask of the simulator: the phone's part, and what goes wrong at WeChat. */
const ALLOWED: ReadonlySet<string> = new Set([
  '/codes',
  '/phone-codes',
  '/phone-number',
  '/user-info',
  '/session-keys/rotate',
  '/session-keys/expire',
  '/access-tokens/kill',
  '/blocks',
  '/faults',
  '/reset',
])

/** The page shows the calls of one action; no action makes more. */
const LATEST_CALLS = 20
const DEADLINE_MS = 10_000

/** What the simulator said to a control request. */
export interface RelayAnswer {
  readonly status: number
  readonly body: object
}

/** The page's way to the simulator, whose origin the page may not ask. */
export interface SimulatorRelay {
  /** Whether the page may ask for a path below `/simulator`. */
  allows(path: string): boolean
  ask(path: string, body: object): Promise<RelayAnswer>
  /** How many calls WeChat got so far, and the latest of them, without secrets. */
  calls(): Promise<RelayAnswer>
}

/** @param url where the simulator answers, without a slash at its end */
export function createSimulatorRelay(url: string): SimulatorRelay {
  async function send(path: string, init: RequestInit = {}): Promise<RelayAnswer> {
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const answer = await fetch(`${url}/simulator${path}`, { ...init, signal })
    return { status: answer.status, body: (await answer.json()) as object }
  }
  return {
    allows: path => ALLOWED.has(path),
    ask: (path, body) => send(path, { method: 'POST', body: JSON.stringify(body) }),
    async calls() {
      const [{ body: counted }, { status, body: listed }] = await Promise.all([
        send('/counts'),
        send('/calls'),
      ])
      const { counts } = counted as { counts: Record<string, number> }
      const { calls } = listed as { calls: readonly object[] }
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
      return { status, body: { total, calls: calls.slice(-LATEST_CALLS) } }
    },
  }
}
