const { spawn } = require('node:child_process')
const { closeSync, openSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')

const START_MS = 60_000
const STOP_MS = 5000

/**
 * Starts a Node script as a process of its own and waits until it says where it listens. What it
 * prints goes into a file of `folder`, which is also where it runs, so that it finds no `.env`.
 * It sees no environment but `env`. `node` is the path of the Node that runs it.
 */
async function startServer({ name, script, env, folder, node = process.execPath }) {
  const output = join(folder, `${name}.log`)
  const file = openSync(output, 'w')
  const child = spawn(node, [script], {
    cwd: folder,
    env: { NODE_ENV: 'production', ...env },
    stdio: ['ignore', file, file],
  })
  closeSync(file)
  const exited = new Promise(resolve => child.once('exit', resolve))
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await exited
    clearTimeout(force)
  }
  try {
    return { name, pid: child.pid, url: await urlIn(output, child), stop }
  } catch (error) {
    await stop()
    throw new Error(`${name} did not start: ${error.message}`)
  }
}

async function urlIn(output, child) {
  const start = performance.now()
  for (;;) {
    const text = readFileSync(output, 'utf8')
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
    if (url) return url
    if (child.exitCode !== null) throw new Error(text.slice(0, 2000))
    if (performance.now() - start > START_MS) throw new Error('it says no address')
    await sleep(20)
  }
}

module.exports = { startServer }
