// Has Kysely write the SQL of each dialect into src/store/sql/written/, so that the service does not
// load Kysely to run it. Run after the build: npm run statements. A test finds them stale.
const { mkdirSync, writeFileSync } = require('node:fs')
const path = require('node:path')
const { templatesOf } = require('../dist/store/sql/statement-templates')

const out = path.join(__dirname, '../src/store/sql/written')

/** A string in the quotes that it does not hold. */
function literal(text) {
  const mark = ["'", '"', '`'].find(each => !text.includes(each))
  if (mark === undefined || /[\\\n]|\$\{/.test(text)) throw new Error(`cannot write ${text}`)
  return mark + text + mark
}

const list = names => `[${names.map(literal).join(', ')}]`

mkdirSync(out, { recursive: true })
for (const dialect of ['sqlite', 'postgres', 'mysql']) {
  const rows = Object.entries(templatesOf(dialect)).map(
    ([name, [sql, params, columns]]) =>
      `  ${name}: [${literal(sql)}, ${list(params)}, ${list(columns)}],\n`,
  )
  const text = `// biome-ignore-all format: a statement is a line
// Written by Kysely, with npm run statements: change the *-statements.ts files instead.
import type { Templates } from '../statement-templates'

export const ${dialect.toUpperCase()}: Templates = {
${rows.join('')}}
`
  writeFileSync(path.join(out, `${dialect}.ts`), text)
}
