import type { Store } from '../../src/store/contract/store'
import { openStore } from '../../src/store/open'
import { quiet } from '../support/quiet'
import { BACKENDS, type Backend } from './contract/backends'
import { codes } from './contract/codes'
import { counters } from './contract/counters'
import { endings } from './contract/endings'
import { proofs } from './contract/proofs'
import { remembering } from './contract/samples'
import { sessions } from './contract/sessions'
import { nothingToSweep, SWEEP_BATCH, sweep } from './contract/sweep'
import { trials } from './contract/trials'
import { users } from './contract/users'
import { values } from './contract/values'

describe.each(Object.keys(BACKENDS))('the store contract on %s', kind => {
  let backend: Backend
  let store: Store

  beforeAll(async () => {
    backend = (await BACKENDS[kind]?.()) as Backend
    const { url, redisUrl } = backend
    store = remembering(await openStore(url, { ...quiet, redisUrl, sweepBatch: SWEEP_BATCH }))
  })
  afterAll(async () => {
    await store.close()
    await backend.remove()
  })

  const current = () => store
  codes(current)
  users(current)
  sessions(current)
  endings(current)
  counters(current)
  values(current)
  proofs(current)
  // In Redis each key expires by itself.
  if (kind === 'Redis') nothingToSweep(current)
  else sweep(current)

  test('it answers a ping', async () => {
    await expect(store.ping()).resolves.toBeUndefined()
  })
  trials(current)
})
