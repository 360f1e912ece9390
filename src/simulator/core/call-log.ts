import type { RecordedCall } from './call'

/** The calls that came, the newest of them, and how often each endpoint was called. */
export class CallLog<Name extends string> {
  /** In order of arrival. The same array for ever. */
  readonly calls: RecordedCall<Name>[] = []
  readonly #counts = new Map<string, number>()
  readonly #maxCalls: number

  /** @param maxCalls how many calls are kept; counts go on */
  constructor(maxCalls: number) {
    this.#maxCalls = maxCalls
  }

  /** @param isCounted whether the call's path is one that the platform has */
  add(call: RecordedCall<Name>, isCounted: boolean): void {
    if (isCounted) this.#counts.set(call.path, (this.#counts.get(call.path) ?? 0) + 1)
    this.calls.push(call)
    if (this.calls.length > this.#maxCalls) this.calls.shift()
  }

  /** path -> calls. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  forget(): void {
    this.calls.length = 0
    this.#counts.clear()
  }
}
