const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

/** A new folder of our own and how to remove it; `TMPDIR` says on which disk. */
function createTemporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'miniprogram-login-bench-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

module.exports = { createTemporaryFolder }
