// What npm runs after it has installed: builds, where the compiler is. It is a development dependency:
// `npm ci --omit=dev` leaves it out, and must not fail for it.
const { spawnSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const path = require('node:path')

const ROOT = path.join(__dirname, '..')

if (existsSync(path.join(ROOT, 'src'))) {
  if (hasCompiler()) build()
  else process.stderr.write(wordsOf())
}

function hasCompiler() {
  try {
    require.resolve('typescript/package.json')
    return true
  } catch {
    return false
  }
}

function build() {
  const { status } = spawnSync('npm', ['run', 'build'], {
    cwd: ROOT,
    stdio: 'inherit',
    // On Windows npm is a script of the shell.
    shell: process.platform === 'win32',
  })
  process.exitCode = status ?? 1
}

function wordsOf() {
  const state = existsSync(path.join(ROOT, 'dist/server/main.js'))
    ? 'dist/ is left as it was built before'
    : 'there is no dist/ yet, and npm start needs it'
  return `
miniprogram-login: nothing was built, for the compiler is a development dependency: ${state}.
  To build:  npm ci && npm run build && npm prune --omit=dev    (docs/deploy.md)
没有编译：编译器是开发依赖。构建：npm ci && npm run build && npm prune --omit=dev（docs/deploy.md）
`
}
