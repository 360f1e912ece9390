// Puts the playground's page, which needs no compiler, beside the compiled code that serves it.
const { cpSync, rmSync } = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..')
const out = path.join(root, 'dist/playground/page')
rmSync(out, { recursive: true, force: true })
cpSync(path.join(root, 'src/playground/page'), out, { recursive: true })
