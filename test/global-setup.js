const { execFile } = require('node:child_process')
const path = require('node:path')
const { promisify } = require('node:util')
const { startKeeper } = require('./support/shared-servers/start-keeper')

/**
 * Compiles `src` and the mini program's client, so that no test ever runs against a stale build, and starts the keeper of the
 * database servers that test files share (`support/shared-servers`). All temporary folders of the
 * run stand in one, which the keeper removes at the end.
 */
module.exports = async () => {
  const [keeper] = await Promise.all([startKeeper(), compile()])
  process.env.TEST_SERVERS_URL = keeper.url
  process.env.TMPDIR = keeper.folder
  globalThis.keeperOfTestServers = keeper
}

async function compile() {
  const root = path.dirname(__dirname)
  // TypeScript 7 exports its package.json, but not bin/tsc.
  const manifest = require.resolve('typescript/package.json')
  const tsc = path.join(path.dirname(manifest), require(manifest).bin.tsc)
  const run = async (...args) => {
    try {
      await promisify(execFile)(process.execPath, args, { cwd: root })
    } catch (error) {
      // tsc tells what is wrong on standard output, which Node leaves out of the message.
      throw new Error(`src does not compile:\n${error.stdout || error.message}`)
    }
  }
  await Promise.all([run(tsc, '-p', root), run(tsc, '-p', path.join(root, 'client'))])
  await run(path.join(root, 'scripts/bundle-client.js'))
  await run(path.join(root, 'scripts/copy-page.js'))
}
