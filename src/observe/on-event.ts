import type { Events, LoginEvent } from '../events'

/**
 * Hands every event to a host's `onEvent`, in their order, once the work that told it is done. A
 * fault of the host's, thrown or rejected, goes to `onFault` and disturbs nobody.
 */
export function startOnEvent(
  events: Pick<Events, 'listen'>,
  onEvent: (event: LoginEvent) => unknown,
  onFault: (fault: unknown) => void,
): void {
  let waiting: LoginEvent[] = []

  function hand(event: LoginEvent): void {
    try {
      // An async function that rejects would end the host's process, and a query of a library that
      // begins when it is awaited (Knex, Mongoose) would never begin.
      Promise.resolve(onEvent(event)).catch(onFault)
    } catch (fault) {
      onFault(fault)
    }
  }

  function handAll(): void {
    const events = waiting
    waiting = []
    for (const event of events) hand(event)
  }

  events.listen(event => {
    if (waiting.push(event) === 1) setImmediate(handAll)
  })
}
