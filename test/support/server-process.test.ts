import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { PATIENCE } from '../../src/patience'
import { STRETCHED } from './patience'
import { NODE_ARGUMENTS } from './server-process'

const DIST = join(__dirname, '../../dist')

/** The patience that a module of the server sees, in its process and in a thread of it. */
function patienceInside(given: object): { process: object; thread: object } {
  const look = `require(${JSON.stringify(join(DIST, 'patience.js'))}).PATIENCE`
  const program = `
    const { Worker } = require('node:worker_threads')
    const thread = new Worker("require('node:worker_threads').parentPort.postMessage(" + ${JSON.stringify(look)} + ")", { eval: true })
    thread.once('message', seen => console.log(JSON.stringify({ process: ${look}, thread: seen })))`
  const env = { PATH: process.env.PATH, TEST_PATIENCE: JSON.stringify(given) }
  return JSON.parse(
    execFileSync(process.execPath, [...NODE_ARGUMENTS, '-e', program], { env, encoding: 'utf8' }),
  )
}

test('a server process has the patience that its test gives, in its threads as well', () => {
  const short = { ...STRETCHED, storeMs: 7 }
  expect(patienceInside(short)).toEqual({ process: short, thread: short })
  expect(patienceInside({})).toEqual({ process: PATIENCE, thread: PATIENCE })
})

test('stretched are the deadlines, not the pauses', () => {
  expect(STRETCHED.storeMs).toBe(PATIENCE.storeMs * 20)
  expect(STRETCHED.claimPollMs).toBe(PATIENCE.claimPollMs)
})
