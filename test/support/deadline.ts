import type { Deadline } from '../../src/upstream/deadline'

/** A deadline that passes when the test says so, and never by itself. */
export function manualDeadline(): { deadline: Deadline; pass: () => void } {
  const callbacks = new Set<() => void>()
  let hasPassed = false
  const deadline: Deadline = {
    totalMs: 5000,
    leftMs: () => (hasPassed ? -1 : 5000),
    whenPassed(callback) {
      callbacks.add(callback)
      return () => void callbacks.delete(callback)
    },
    within: (work, late) =>
      Promise.race([
        work,
        new Promise<never>((_resolve, reject) => callbacks.add(() => reject(late()))),
      ]),
  }
  return {
    deadline,
    pass() {
      hasPassed = true
      for (const callback of callbacks) callback()
    },
  }
}
