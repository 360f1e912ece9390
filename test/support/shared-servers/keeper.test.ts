import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { available } from '../databases'
import { isAlive } from '../processes'
import { PREFIX, temporaryFolder } from '../temporary'

/** Stands in for jest: starts the keeper as the global setup does, and has it start servers. */
const RUN = `
const { startKeeper } = require(${JSON.stringify(join(__dirname, 'start-keeper.js'))})
startKeeper().then(async keeper => {
  for (const kind of JSON.parse(process.env.KINDS)) {
    const answer = await fetch(keeper.url + '/' + kind)
    if (!answer.ok) throw new Error(await answer.text())
  }
  process.stdout.write(JSON.stringify(keeper) + '\\n')
  process.stdin.once('data', () =>
    keeper.stop().then(() => process.exit(0), error => {
      process.stderr.write(error.message)
      process.exit(1)
    }))
})`

interface Run {
  readonly folder: string
  readonly keeperPid: number
  readonly exited: Promise<unknown[]>
  child: ReturnType<typeof spawn>
  errors(): string
}

const temporary = temporaryFolder()
// PostgreSQL runs as another user than root, and has to get through.
chmodSync(temporary.path, 0o755)
afterAll(temporary.remove)

async function startRun(kinds: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, ['-e', RUN], {
    detached: true,
    env: { ...process.env, TMPDIR: temporary.path, KINDS: JSON.stringify(kinds) },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', chunk => (errors += chunk))
  const exited = once(child, 'exit')
  const ended = exited.then(() => {
    throw new Error(`the run ended before its servers were there:\n${errors}`)
  })
  const [chunk] = await Promise.race([once(child.stdout, 'data'), ended])
  ended.catch(() => {})
  const { pid: keeperPid, folder } = JSON.parse(String(chunk))
  return { child, folder, keeperPid, exited, errors: () => errors }
}

/** The servers write their folders into the run's, one each. */
const foldersOf = (run: Run) => readdirSync(run.folder)

async function untilGone(run: Run): Promise<void> {
  while (isAlive(run.keeperPid) || existsSync(run.folder)) await sleep(20)
}

const kinds = (['redis', 'postgres'] as const).filter(available)
const testWithServers = kinds.length > 0 ? test : test.skip

testWithServers('a run that ends in good order leaves no process and no folder', async () => {
  const run = await startRun(kinds)
  expect(foldersOf(run)).toHaveLength(kinds.length)
  run.child.stdin?.write('end\n')
  expect([await run.exited, run.errors()]).toEqual([[0, null], ''])
  expect(isAlive(run.keeperPid)).toBe(false)
  expect(readdirSync(temporary.path)).toEqual([])
})

testWithServers.each(['SIGINT', 'SIGKILL'] as const)(
  'a run that is ended by %s leaves no process and no folder',
  async signal => {
    const run = await startRun(kinds)
    // To the whole group, as a terminal sends Ctrl-C.
    process.kill(-Number(run.child.pid), signal)
    expect(await run.exited).toEqual([null, signal])
    await untilGone(run)
    expect(readdirSync(temporary.path)).toEqual([])
  },
)

test('a process and a folder that a test left behind are ended, removed and named', async () => {
  const run = await startRun([])
  const folder = join(run.folder, `${PREFIX}forgotten`)
  mkdirSync(folder)
  const forgotten = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    cwd: folder,
    stdio: 'ignore',
  })
  const ended = once(forgotten, 'exit')
  run.child.stdin?.write('end\n')
  expect(await run.exited).toEqual([1, null])
  expect(await ended).toEqual([null, 'SIGKILL'])
  expect(run.errors()).toContain(`process ${forgotten.pid}`)
  expect(run.errors()).toContain(`folder ${PREFIX}forgotten`)
  expect(readdirSync(temporary.path)).toEqual([])
})
