const { execFileSync } = require('node:child_process')
const path = require('node:path')

/** Compiles `src` so that no test ever runs against a stale build. */
module.exports = () => {
  const root = path.dirname(__dirname)
  // TypeScript 7 exports its package.json, but not bin/tsc.
  const manifest = require.resolve('typescript/package.json')
  const tsc = path.join(path.dirname(manifest), require(manifest).bin.tsc)
  execFileSync(process.execPath, [tsc, '-p', root], {
    cwd: root,
    stdio: 'inherit',
  })
}
