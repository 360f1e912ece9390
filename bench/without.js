// Preloaded into a server by bench/mechanism.js: loads one module of dist/ with one mechanism taken
// out, so that the same server runs with and without it.
const { readFileSync } = require('node:fs')
const { MECHANISMS } = require('./mechanisms')

const changes = MECHANISMS[process.env.BENCH_WITHOUT ?? '']
if (changes) {
  const load = require.extensions['.js']
  require.extensions['.js'] = (module, file) => {
    const change = changes.find(({ in: path }) => file.endsWith(`/dist/${path}`))
    if (!change) return load(module, file)
    const text = readFileSync(file, 'utf8')
    // A bench that takes nothing out would compare a server with itself.
    if (!text.includes(change.replace)) throw new Error(`${change.in} has no ${change.replace}`)
    module._compile(text.replace(change.replace, change.by), file)
  }
}
