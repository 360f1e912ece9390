const { spawnSync } = require('node:child_process')
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const path = require('node:path')

/**
 * `npm run mutants:stryker [-- wx src/wx/encrypted-data.ts]`: every small change that Stryker knows,
 * in a folder of `src` or in the files that are named. 166 packages are fetched for it, so it is no
 * dependency; 10.x needs Node 22.
 */
const VERSION = '9.6.1'
const ROOT = path.join(__dirname, '../..')
const [folder = 'token', ...files] = process.argv.slice(2)

const work = mkdtempSync(path.join(tmpdir(), 'login-stryker-'))
const config = {
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  jest: {
    projectType: 'custom',
    configFile: 'test/mutants/stryker.jest.config.js',
    enableFindRelatedTests: true,
  },
  mutate: files.length > 0 ? files : [`src/${folder}/**/*.ts`],
  coverageAnalysis: 'perTest',
  // Keys are often made while a test file loads: what that covers has to run every test.
  ignoreStatic: false,
  // Stryker reads the file by an API that TypeScript 7 has no more.
  tsconfigFile: 'none.json',
  ignorePatterns: ['dist', 'data', 'docs', 'examples'],
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false },
  concurrency: 2,
  timeoutMS: 20_000,
  tempDirName: path.join(work, 'sandbox'),
  allowEmpty: false,
}
try {
  const file = path.join(work, 'stryker.config.json')
  writeFileSync(file, JSON.stringify(config))
  const packages = ['core', 'jest-runner'].flatMap(name => [
    '-p',
    `@stryker-mutator/${name}@${VERSION}`,
  ])
  const { status } = spawnSync('npx', ['--yes', ...packages, 'stryker', 'run', file], {
    cwd: ROOT,
    env: { ...process.env, MUTATED_FOLDER: folder },
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(work, { recursive: true, force: true })
}
