import { checkFault, checkFaultOptions, type Fault, type FaultOptions } from './fault'
import type { NamedFaults } from './named-faults'

interface Waiting<Name extends string> {
  readonly fault: Fault<Name>
  readonly path: string | undefined
  times: number
}

/** Faults that wait for their calls, first come first served. */
export class FaultQueue<Name extends string> {
  readonly #named: NamedFaults<Name>
  #waiting: Waiting<Name>[] = []

  constructor(named: NamedFaults<Name>) {
    this.#named = named
  }

  /** @throws TypeError when the fault or an option is not one of those documented */
  add(fault: Fault<Name>, options: FaultOptions = {}): void {
    checkFault(fault, name => Object.hasOwn(this.#named, name))
    checkFaultOptions(options)
    this.#waiting.push({ fault, path: options.path, times: options.times ?? 1 })
  }

  /** The first fault that fits the call. The queue counts the fault as used once. */
  take({ path, reused }: { path: string; reused: boolean }): Fault<Name> | undefined {
    const next = this.#waiting.find(
      entry => (entry.path ?? path) === path && this.canStrike(entry.fault, reused),
    )
    if (next === undefined) return undefined
    next.times -= 1
    if (next.times === 0) this.#waiting = this.#waiting.filter(entry => entry !== next)
    return next.fault
  }

  /** Some faults strike only a call on a connection that was used before. */
  canStrike(fault: Fault<Name>, reused: boolean): boolean {
    return reused || !('transport' in fault) || !this.#named[fault.transport].reusedOnly
  }

  forget(): void {
    this.#waiting = []
  }
}
