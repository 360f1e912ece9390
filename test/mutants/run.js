const { spawn } = require('node:child_process')
const { readFileSync, rmSync } = require('node:fs')
const path = require('node:path')
const { parseArgs } = require('node:util')
const { createCopy } = require('./copy')
const { changesOf, readMutants } = require('./mutants')
const { writeTable } = require('./table')

/**
 * `npm run mutants`: breaks each rule of test/mutants/*.json once, in a copy of the tree, and runs
 * the test that must go red. `--only=TOK` takes the promises that begin so, or names that hold the
 * text; a run of all writes docs/mutants.md. `--workers=2` copies work at once.
 */
const ROOT = path.join(__dirname, '../..')
/** A mutant that hangs its test is found out, too. */
const LONGEST_MS = 120_000
const KILLED = new Set(['killed', 'timed out'])

async function main() {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, workers: { type: 'string', default: '2' } },
  })
  const { only = '' } = values
  const chosen = readMutants().filter(
    ({ promise, name }) => promise.startsWith(only) || name.includes(only),
  )
  const copies = await Promise.all(
    Array.from({ length: Number(values.workers) }, () => createCopy(ROOT)),
  )
  const started = performance.now()
  try {
    const red = await findRed(copies[0], chosen)
    const queue = [...chosen.entries()]
    const results = []
    await Promise.all(
      copies.map(async copy => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const [place, mutant] = next
          const outcome = red.has(mutant) ? 'red without' : await breakRule(copy, mutant)
          results[place] = { ...mutant, outcome }
          say(results[place])
        }
      }),
    )
    const seconds = Math.round((performance.now() - started) / 1000)
    const killed = results.filter(({ outcome }) => KILLED.has(outcome)).length
    process.stdout.write(`${results.length} mutants, ${killed} killed, ${seconds} s\n`)
    if (only === '') writeTable(ROOT, results)
    process.exitCode = killed === results.length ? 0 : 1
  } finally {
    for (const { folder } of copies) rmSync(folder, { recursive: true, force: true })
  }
}

function say({ outcome, promise, name }) {
  process.stdout.write(`${outcome.padEnd(9)} ${promise.padEnd(6)} ${name}\n`)
}

/** The mutants whose test is not green without them: it would kill every mutant, or none. */
async function findRed(copy, mutants) {
  const files = [...new Set(mutants.map(({ test }) => test))]
  const patterns = new Set(mutants.map(mutant => patternOf(mutant.case ?? mutant.testName)))
  const args = [...files, '--maxWorkers=2', '-t', [...patterns].join('|')]
  const report = await runJest(copy, args, files.length * LONGEST_MS)
  const resultsOf = test =>
    report?.testResults.find(({ name }) => name.endsWith(test))?.assertionResults ?? []
  const red = mutants.filter(({ test, testName, case: words }) => {
    const title = new RegExp(patternOf(words ?? testName))
    const named = resultsOf(test).filter(
      ({ fullName, status }) => title.test(fullName) && status !== 'pending',
    )
    const green = named.filter(({ status }) => status === 'passed')
    return named.length === 0 || green.length < named.length
  })
  return new Set(red)
}

/** Breaks the rule, runs its test and mends the rule again. */
async function breakRule(copy, mutant) {
  const files = [...new Set(changesOf(mutant).map(({ file }) => file))]
  const before = new Map(
    files.map(file => [file, readFileSync(path.join(copy.folder, file), 'utf8')]),
  )
  try {
    const broken = new Map(before)
    for (const { file, from, to } of changesOf(mutant)) {
      const text = broken.get(file)
      if (text.split(from).length !== 2) throw new Error(`not once in ${file}: ${from}`)
      broken.set(
        file,
        text.replace(from, () => to),
      )
    }
    for (const [file, text] of broken) copy.compile(file, text)
    const pattern = patternOf(mutant.case ?? mutant.testName)
    const report = await runJest(copy, [mutant.test, '-t', pattern], LONGEST_MS)
    if (report === undefined) return 'timed out'
    const { numFailedTests, numPassedTests, numRuntimeErrorTestSuites } = report
    if (numFailedTests > 0) return 'killed'
    if (numRuntimeErrorTestSuites > 0 || numPassedTests === 0)
      throw new Error('its test did not run')
    return 'survived'
  } catch (error) {
    process.stderr.write(`${mutant.name}: ${error.message}\n`)
    return 'unusable'
  } finally {
    for (const [file, text] of before) copy.compile(file, text)
  }
}

/** A title as the source has it, for jest: what `%s` or `$name` stands for is known when it runs. */
function patternOf(title) {
  return title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/%[a-z#]|…|\\\$\w+/g, '.*')
}

/** The report of one run; undefined when it took too long. */
function runJest({ folder }, args, longestMs) {
  const report = path.join(folder, 'report.json')
  rmSync(report, { force: true })
  const jest = path.join(folder, 'node_modules/jest/bin/jest.js')
  const options = ['--config', 'mutants.config.js', '--json', '--outputFile', report, '--forceExit']
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [jest, ...options, '--silent', ...args], {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
    })
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), longestMs)
    child.on('error', reject)
    child.on('exit', (_code, signal) => {
      clearTimeout(timer)
      if (signal !== null) return resolve(undefined)
      try {
        resolve(JSON.parse(readFileSync(report, 'utf8')))
      } catch (error) {
        reject(error)
      }
    })
  })
}

main().catch(error => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
})
