import { createEvents } from '../../../src/events'
import type { Snapshot } from '../../../src/observe/metrics/cells'
import { type ConnectMetrics, createMetrics } from '../../../src/observe/metrics/metrics'
import { readMetrics } from '../../support/metrics'

const valid = 'miniprogram_login_token_checks_total{outcome="valid"}'

function metrics(connect?: ConnectMetrics) {
  return createMetrics({
    events: createEvents(),
    version: '1.2.3',
    appids: ['wx1'],
    isBreakerOpen: () => false,
    routes: [],
    stores: { database: 'sqlite', shared: 'sqlite' },
    connect,
  })
}

test('one process prints what it counted, and its version', async () => {
  const { countToken, print } = metrics()
  countToken()
  const found = readMetrics(await print())
  expect(found.get(valid)).toBe(1)
  expect(found.get('miniprogram_login_info{version="1.2.3"}')).toBe(1)
})

test('a process that is connected prints what all of them counted', async () => {
  const others: (() => Snapshot)[] = []
  const connect: ConnectMetrics = own => {
    others.push(own)
    return async () => others.map(count => count())
  }
  const [one, other] = [metrics(connect), metrics(connect)]
  one.countToken()
  other.countToken()
  const found = readMetrics(await one.print())
  expect(found.get(valid)).toBe(2)
  expect(found.get('miniprogram_login_info{version="1.2.3"}')).toBe(1)
})
