/**
 * Writes what the code knows into the documents: `npm run docs`. A test compares each of them with
 * what this would write.
 */
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { envExample, optionTable } = require('../dist/config/option-tables.js')
const { between } = require('./between')
const { errcodeTable } = require('./errcode-table')
const { withRouteTables } = require('./route-tables')

/** Each document, and what it should be, given what it is. */
const DOCUMENTS = {
  '.env.example': () => envExample(),
  'README.md': text => withRouteTables(between(text, 'options', optionTable('zh')), 'zh'),
  'README.en.md': text => withRouteTables(between(text, 'options', optionTable('en')), 'en'),
  'docs/runbook.md': text => between(text, 'errcodes', errcodeTable()),
}

module.exports = { DOCUMENTS }

if (require.main === module) {
  for (const [name, makeText] of Object.entries(DOCUMENTS)) {
    const file = join(__dirname, '..', name)
    writeFileSync(file, makeText(readFileSync(file, 'utf8')))
  }
}
