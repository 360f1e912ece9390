const { spawn } = require('node:child_process')
const { get } = require('node:http')
const { readFileSync, readdirSync } = require('node:fs')
const { setTimeout: sleep } = require('node:timers/promises')

const STOP_MS = 5000
/** Between two questions of a server that is not ready yet. */
const ASK_EVERY_MS = 2

/**
 * Starts a server that prints its address, and asks it for `path` until it answers 200. Resolves to
 * the milliseconds from the start of the process to that answer, and to the milliseconds of CPU that
 * the process has used by then.
 */
async function startToAnswer({ node, script, env, folder, path }) {
  const begun = performance.now()
  const child = spawn(node, [script], {
    cwd: folder,
    env: { NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise(resolve => child.once('exit', resolve))
  const stop = async () => {
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await exited
    clearTimeout(force)
  }
  try {
    const url = await urlOf(child)
    while ((await statusOf(url + path)) !== 200) await sleep(ASK_EVERY_MS)
    return { ms: performance.now() - begun, cpuMs: cpuMsOf(child.pid), pid: child.pid, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function urlOf(child) {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = chunk => {
      text += chunk
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
      if (url) resolve(url)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => reject(new Error(text.slice(0, 2000))))
  })
}

function statusOf(url) {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false }, answer => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode))
    })
    request.once('error', reject)
  })
}

/** CPU of all threads that there are, by the scheduler's own count in ns: finer than the ticks of `stat`. */
function cpuMsOf(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`)
  const ns = tasks.map(task => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1'))
  return ns.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1e6
}

module.exports = { startToAnswer }
