import type { Store } from '../../store/contract/store'
import type { Board, Cell, Histogram } from './cells'

type Parts = Pick<Store, 'codes' | 'sessions' | 'users' | 'counters' | 'values' | 'proofs'>

/**
 * Every operation, and where it is done in a service with Redis: in what instances `share`, or in
 * the `database` beside it. Without Redis both are the database.
 */
const OPERATIONS: {
  readonly [P in keyof Parts]: { readonly [M in keyof Parts[P]]: 'shared' | 'database' }
} = {
  codes: { claim: 'shared', find: 'shared', release: 'shared', fail: 'shared' },
  sessions: {
    begin: 'shared',
    find: 'shared',
    list: 'shared',
    reseal: 'shared',
    noteUse: 'shared',
    end: 'shared',
    endAll: 'shared',
  },
  users: {
    find: 'database',
    findByOpenid: 'database',
    findByUnionid: 'database',
    findByPhone: 'database',
    list: 'database',
    update: 'database',
    noteKeyCheck: 'database',
    replaceNewestKey: 'database',
    disable: 'database',
    enable: 'database',
    erase: 'database',
  },
  counters: { count: 'shared' },
  values: { read: 'shared', write: 'shared', claim: 'shared', drop: 'shared' },
  proofs: {
    readKey: 'database',
    createKey: 'database',
    replaceKey: 'database',
    look: 'database',
    prove: 'database',
  },
}

/** A read of SQLite takes 50 µs, a commit 1 to 10 ms, a deadline ends all at 900. In seconds. */
const STORE_SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
]

export interface StoreKinds {
  /** Such as `sqlite` or `postgres`. */
  readonly database: string
  /** `redis`, or the database where there is none. */
  readonly shared: string
}

/** Adds the metrics of a store to the board. Returns the store, with its operations counted. */
export function createStoreCells(board: Board, kinds: StoreKinds): (store: Store) => Store {
  const counterOf = operationCounter(board)
  const cells = new Map<string, Operation>()
  for (const [part, operations] of Object.entries(OPERATIONS)) {
    for (const [name, place] of Object.entries(operations)) {
      const operation = `${part}.${name}`
      cells.set(operation, counterOf(kinds[place], operation))
    }
  }
  const sweep = counterOf(kinds.database, 'sweep')
  const ping = counterOf(kinds.database, 'ping')
  const partOf = <P extends keyof Parts>(name: P, part: Parts[P]): Parts[P] => {
    const counted = Object.keys(OPERATIONS[name]).map(method => {
      const call = part[method as keyof Parts[P]] as Call
      return [method, watched(call.bind(part), cells.get(`${name}.${method}`) as Operation)]
    })
    return Object.fromEntries(counted)
  }
  return store => ({
    codes: partOf('codes', store.codes),
    sessions: partOf('sessions', store.sessions),
    users: partOf('users', store.users),
    counters: partOf('counters', store.counters),
    values: partOf('values', store.values),
    proofs: partOf('proofs', store.proofs),
    sweep: watched(store.sweep as Call, sweep) as Store['sweep'],
    ping: watched(store.ping as Call, ping) as Store['ping'],
    trials: store.trials,
    close: () => store.close(),
  })
}

interface Operation {
  readonly success: Cell
  readonly failed: Cell
  readonly seconds: Histogram
}

function operationCounter(board: Board): (store: string, operation: string) => Operation {
  const operations = board.counter(
    'miniprogram_login_store_operations_total',
    'Calls of a store. failed: it was down, too slow, or overloaded.',
  )
  const seconds = board.histogram(
    'miniprogram_login_store_operation_duration_seconds',
    'How long calls of a store took, those that failed included.',
    STORE_SECONDS,
  )
  return (store, operation) => ({
    success: operations({ store, operation, outcome: 'success' }),
    failed: operations({ store, operation, outcome: 'failed' }),
    seconds: seconds({ store, operation }),
  })
}

/** No operation takes more than three arguments. A rest parameter would make an array for each call. */
type Call = (a?: unknown, b?: unknown, c?: unknown) => Promise<unknown>

/** The caller gets the store's own promise: counting makes nobody wait for a further turn. */
function watched(call: Call, { success, failed, seconds }: Operation): Call {
  return (a, b, c) => {
    const begun = performance.now()
    const end = (cell: Cell) => {
      cell.value++
      seconds.observe((performance.now() - begun) / 1000)
    }
    const answer = call(a, b, c)
    answer.then(
      () => end(success),
      () => end(failed),
    )
    return answer
  }
}
