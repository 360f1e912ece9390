import { setImmediate as turn } from 'node:timers/promises'
import { createEvents, type LoginEvent } from '../../src/events'
import { startOnEvent } from '../../src/observe/on-event'

const lost = (reason: string): LoginEvent => ({
  type: 'store.lost',
  setting: 'DATABASE_URL',
  reason,
})

test('events are heard in their order, and never before the work that told them is done', async () => {
  const events = createEvents()
  const heard: LoginEvent[] = []
  startOnEvent(events, event => heard.push(event), fail)
  events.tell(lost('first'))
  events.tell(lost('second'))
  expect(heard).toEqual([])
  await turn()
  expect(heard).toEqual([lost('first'), lost('second')])
  events.tell(lost('third'))
  await turn()
  expect(heard).toHaveLength(3)
})

test('a host that throws or rejects disturbs nobody, and its fault is told', async () => {
  const events = createEvents()
  const faults: unknown[] = []
  let calls = 0
  const onEvent = () => {
    calls++
    if (calls === 1) throw new Error('at once')
    return Promise.reject(new Error('later'))
  }
  startOnEvent(events, onEvent, fault => void faults.push(String(fault)))
  events.tell(lost('first'))
  events.tell(lost('second'))
  await turn()
  await turn()
  expect([calls, faults]).toEqual([2, ['Error: at once', 'Error: later']])
})

test('a query that begins when it is awaited is begun, and its fault is told', async () => {
  const events = createEvents()
  const faults: unknown[] = []
  const begun: string[] = []
  const query = (reason: string) => ({
    // biome-ignore lint/suspicious/noThenProperty: such are the queries of Knex and Mongoose
    then(_done: unknown, failed: (fault: Error) => void) {
      begun.push(reason)
      failed(new Error(reason))
    },
  })
  const onEvent = (event: LoginEvent) => query(event.type)
  startOnEvent(events, onEvent, fault => void faults.push(String(fault)))
  events.tell(lost('first'))
  await turn()
  await turn()
  expect([begun, faults]).toEqual([['store.lost'], ['Error: store.lost']])
})

function fail(fault: unknown): void {
  throw fault
}
