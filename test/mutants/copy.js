const { execFileSync } = require('node:child_process')
const { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const path = require('node:path')
const { transformSync } = require('@swc/core')

/** Tests run alone: no database servers, and no build before each of them. */
const CONFIG = `const base = require('./jest.config.js')
module.exports = { ...base, globalSetup: undefined, globalTeardown: undefined, testTimeout: 60_000, maxWorkers: 1 }
`

/** A copy of the tree that may be broken, built once. */
async function createCopy(root) {
  const folder = mkdtempSync(path.join(tmpdir(), 'login-mutants-'))
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const file of files.trim().split('\n')) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    cpSync(path.join(root, file), path.join(folder, file))
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  writeFileSync(path.join(folder, 'mutants.config.js'), CONFIG)
  const manifest = require.resolve('typescript/package.json')
  const tsc = path.join(path.dirname(manifest), require(manifest).bin.tsc)
  execFileSync(process.execPath, [tsc, '-p', folder], { stdio: 'inherit' })
  return {
    folder,
    /** Writes one file, and its JavaScript into the build: types are nobody's business here. */
    compile(file, text) {
      writeFileSync(path.join(folder, file), text)
      const { code } = transformSync(text, {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'commonjs' },
      })
      const built = file.replace(/^src\//, 'dist/').replace(/\.ts$/, '.js')
      writeFileSync(path.join(folder, built), code)
    },
  }
}

module.exports = { createCopy }
