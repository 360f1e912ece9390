import fc from 'fast-check'
import { openStore } from '../../src/store/open'
import { seeded } from '../support/property'
import { quiet } from '../support/quiet'
import { BACKENDS } from './contract/backends'
import { NOW } from './contract/samples'
import { newModel, storeCommands } from './model'

/** The two that need no server; their contract is the same for all, and is tested on all. */
const RUNS = { memory: 120, SQLite: 30 } as const
let runs = 0

test.each(Object.entries(RUNS))(
  'whatever is asked of a store on %s, and in whatever order, it answers as the model does',
  async (kind, numRuns) => {
    const backend = await BACKENDS[kind]?.()
    if (!backend) throw new Error(`no backend ${kind}`)
    const store = await openStore(backend.url, quiet)
    try {
      await fc.assert(
        fc.asyncProperty(fc.commands(storeCommands(), { size: '+1' }), async commands => {
          const mark = `run${++runs}:`
          await fc.asyncModelRun(() => ({ model: newModel(NOW), real: { store, mark } }), commands)
        }),
        seeded(numRuns),
      )
    } finally {
      await store.close()
      await backend.remove()
    }
  },
)
