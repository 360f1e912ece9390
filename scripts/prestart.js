// Says in words what `npm start` lacks, where Node would only say that a module cannot be found.
const { existsSync } = require('node:fs')
const path = require('node:path')

if (!existsSync(path.join(__dirname, '../dist/server/main.js'))) {
  process.stderr.write(`
miniprogram-login is not built: there is no dist/server/main.js.
  To build:  npm ci && npm run build          (for production, then: npm prune --omit=dev)
还没有编译。请先：npm ci && npm run build（生产环境之后再 npm prune --omit=dev）
`)
  process.exitCode = 1
}
