import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { PREFIX } from '../temporary'

const GRACE_MS = 5000

/**
 * Ends every process of a run and removes the run's temporary folder. Resolves to what tests should
 * have ended or removed themselves, in words.
 */
export async function clearRunFolder(folder: string): Promise<string[]> {
  const givenUpAt = performance.now() + GRACE_MS
  // A process that was told to end may take a moment.
  while (processesOf(folder).length > 0 && performance.now() < givenUpAt) await sleep(50)
  const processes = processesOf(folder)
  for (const { pid } of processes) kill(pid)
  while (processesOf(folder).length > 0) await sleep(10)
  const files = existsSync(folder) ? readdirSync(folder) : []
  rmSync(folder, { recursive: true, force: true })
  return [
    ...processes.map(({ pid, command }) => `process ${pid}: ${command}`),
    // Programs that tests run may put more here, such as npm: that is no test's fault.
    ...files.filter(name => name.startsWith(PREFIX)).map(name => `folder ${name}`),
  ]
}

/** The processes that work in a folder or name it in their command line; Linux alone can tell. */
function processesOf(folder: string): { pid: number; command: string }[] {
  const names = existsSync('/proc') ? readdirSync('/proc') : []
  const pids = names.map(Number).filter(pid => pid > 0 && pid !== process.pid)
  return pids.flatMap(pid => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      const place = readlinkSync(`/proc/${pid}/cwd`)
      return `${command} ${place}/`.includes(`${folder}/`) ? [{ pid, command }] : []
    } catch {
      // It ended meanwhile, or it is somebody else's.
      return []
    }
  })
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}
