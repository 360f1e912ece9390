import { createEvents } from '../../src/events'
import { STRETCHED } from './patience'

/** What a store is opened with by tests that are not about what it tells, nor about its deadlines. */
export const quiet = {
  log: { info() {}, warn() {}, error() {} },
  events: createEvents(),
  patience: STRETCHED,
}
