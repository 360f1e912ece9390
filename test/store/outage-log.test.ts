import { createEvents, type LoginEvent } from '../../src/events'
import { createOutageLog } from '../../src/store/outage-log'

function heard() {
  const events = createEvents()
  const told: LoginEvent[] = []
  events.listen(event => told.push(event))
  return { told, outages: createOutageLog(events, 'A_SETTING') }
}

test('an outage is told once, also when it is met often, and so is its end', () => {
  const { told, outages } = heard()
  outages.back()
  for (let i = 0; i < 3; i++) outages.lost('ECONNREFUSED')
  expect(outages.reason).toBe('ECONNREFUSED')
  for (let i = 0; i < 3; i++) outages.back()
  expect(outages.reason).toBeUndefined()
  expect(told).toEqual([
    { type: 'store.lost', setting: 'A_SETTING', reason: 'ECONNREFUSED' },
    { type: 'store.back', setting: 'A_SETTING' },
  ])
})

test('another reason is told, and a refusal comes with what the operator does about it', () => {
  const { told, outages } = heard()
  outages.lost('ECONNREFUSED')
  outages.refused('28P01', 'check the password')
  expect(told.map(event => ('reason' in event ? [event.reason, 'fix' in event] : []))).toEqual([
    ['ECONNREFUSED', false],
    ['28P01', true],
  ])
})
