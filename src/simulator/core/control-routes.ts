import type { RecordedCall } from './call'
import type { ControlTable } from './control'
import type { Fault, FaultOptions } from './fault'

/** What the control routes of every platform need. */
export interface Controlled {
  /** The recorded calls, without secrets. */
  shownCalls(): readonly RecordedCall[]
  counts(): Readonly<Record<string, number>>
  /** @throws TypeError when the fault or an option is not one of those documented */
  fail(fault: Fault<never>, options: FaultOptions): void
  reset(): void
}

/** The control routes that every platform has. */
export const CONTROL_ROUTES: ControlTable<Controlled> = {
  'GET /simulator/calls': (_body, controlled) => ({ calls: controlled.shownCalls() }),
  'GET /simulator/counts': (_body, controlled) => ({ counts: controlled.counts() }),
  'POST /simulator/faults': ({ times, path, ...fault }, controlled) =>
    // `fail` checks what it is given. JSON has no Infinity, so the word stands for it.
    controlled.fail(fault as unknown as Fault<never>, {
      ...(times !== undefined && { times: times === 'Infinity' ? Infinity : (times as number) }),
      ...(path !== undefined && { path: path as string }),
    }),
  'POST /simulator/reset': (_body, controlled) => controlled.reset(),
}
