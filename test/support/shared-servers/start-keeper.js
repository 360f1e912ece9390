const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { chmodSync, mkdtempSync } = require('node:fs')
const { tmpdir } = require('node:os')
const path = require('node:path')

/**
 * Starts the keeper of the shared servers. It ends with the caller, however the caller ends. The
 * process group of its own keeps Ctrl-C from it, which would end it before its servers are gone.
 */
async function startKeeper() {
  const folder = mkdtempSync(path.join(tmpdir(), 'login-run-'))
  // PostgreSQL runs as another user than root, and has to get through.
  chmodSync(folder, 0o755)
  const child = spawn(process.execPath, [path.join(__dirname, 'keeper.js')], {
    detached: true,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const ended = exited.then(([code]) => {
    throw new Error(`the keeper of the test servers ended with ${code}`)
  })
  const [url] = await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), ended])
  ended.catch(() => {})
  // The caller may end by itself: nothing here keeps it alive.
  for (const handle of [child, child.stdin, child.stdout]) handle.unref()
  return {
    pid: child.pid,
    url: url.trim(),
    /** Where all temporary folders of the run belong. */
    folder,
    /** @throws Error when tests left a process or a folder behind */
    async stop() {
      child.ref()
      child.stdin.end()
      const [code] = await exited
      if (code !== 0)
        throw new Error('tests left processes or folders behind: they are named above')
    },
  }
}

module.exports = { startKeeper }
