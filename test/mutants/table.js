const { readFileSync, writeFileSync } = require('node:fs')
const path = require('node:path')

const BEGIN = '<!-- npm run mutants -->'

/** Writes what came of a run of all mutants, and its date, into docs/mutants.md, below the mark. */
function writeTable(root, results) {
  const page = path.join(root, 'docs/mutants.md')
  const text = readFileSync(page, 'utf8')
  const killed = results.filter(({ outcome }) => /killed|timed out/.test(outcome)).length
  const rows = results.map(({ promise, name, file, test, outcome }) => {
    return `| ${promise} | ${name} | \`${file}\` | \`${test}\` | ${outcome} |`
  })
  const today = new Date().toISOString().slice(0, 10)
  const table = [
    BEGIN,
    '',
    `${today}: ${results.length} mutants, ${killed} killed.`,
    '',
    '| promise | the broken code | in | found by | outcome |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ]
  writeFileSync(page, text.slice(0, text.indexOf(BEGIN)) + table.join('\n'))
}

module.exports = { writeTable }
