const { execFile } = require('node:child_process')
const { cpSync } = require('node:fs')
const { join } = require('node:path')
const { promisify } = require('node:util')

const PEERS = join(__dirname, 'peers')
const INSTALL_MS = 240_000

/**
 * Installs the packages of `peers/` into a folder of their own, beside copies of the servers that use
 * them: exactly what the lock names, no script run. They are no dependency of ours. Resolves to the
 * folder, or to why there is none.
 */
async function installPeers(folder) {
  const path = join(folder, 'peers')
  cpSync(PEERS, path, { recursive: true })
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  try {
    await promisify(execFile)('npm', args, { cwd: path, timeout: INSTALL_MS })
    return { path }
  } catch (error) {
    const [line = 'npm ci failed'] = /npm error (?:code )?.+/.exec(error.stderr ?? '') ?? []
    return { why: `its packages could not be installed: ${line}` }
  }
}

module.exports = { installPeers }
