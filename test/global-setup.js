const { execFileSync } = require('node:child_process')
const path = require('node:path')

/** Compiles `src` so that no test ever runs against a stale build. */
module.exports = () => {
  const root = path.dirname(__dirname)
  execFileSync(
    process.execPath,
    [path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc'), '-p', root],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
}
