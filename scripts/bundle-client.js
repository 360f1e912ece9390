// Puts what tsc makes of `client/src` into one file, client/miniprogram_dist/index.js, and its types
// into one beside it. One file can be copied by hand, and WeChat's builder copies the folder as it
// is. The sources are plain modules that import one another by name, so that all there is to do is
// to leave out `import` and `export` and to put a module after those that it needs: no bundler.
const {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} = require('node:fs')
const path = require('node:path')

const CLIENT = path.join(__dirname, '../client')
const OUT = path.join(CLIENT, 'miniprogram_dist')
const SAMPLE = path.join(__dirname, '../examples/miniprogram/utils/miniprogram-login-client.js')
const FROM = /^(?:import|export)\s[^;]*?from '(\.\/[^']+)';\n/gm

/** The modules that `name` needs, each before its first user, `name` last. */
function inOrder(name, extension, seen = new Map()) {
  if (seen.has(name)) return seen
  const text = readFileSync(path.join(CLIENT, 'build', name + extension), 'utf8')
  for (const [, other] of text.matchAll(FROM)) inOrder(other, extension, seen)
  return seen.set(name, text)
}

/** One text of many modules, and the names that the last one of them exports. */
function join(extension) {
  const modules = [...inOrder('./index', extension)].filter(([name]) => name !== './index')
  const bodies = modules.map(([, text]) =>
    text.replaceAll(FROM, '').replaceAll(/^export \{\};?\n/gm, ''),
  )
  const bare = bodies.map(text => text.replaceAll(/^export (?=\w)/gm, '').trim())
  refuseTwins(bodies)
  return bare.join('\n\n')
}

/** In one scope each name can stand once. */
function refuseTwins(bodies) {
  const declared = bodies.flatMap(text =>
    [...text.matchAll(/^(?:export )?(?:async )?(?:const|let|function|class) (\w+)/gm)].map(
      ([, name]) => name,
    ),
  )
  const twins = declared.filter((name, i) => declared.indexOf(name) !== i)
  if (twins.length > 0) throw new Error(`two modules declare ${twins.join(', ')}`)
}

function exportsOf(extension) {
  const index = readFileSync(path.join(CLIENT, 'build', `index${extension}`), 'utf8')
  const lists = [...index.matchAll(/^export (type )?\{([^}]+)\}/gm)]
  return lists.flatMap(([, allTypes = '', list]) =>
    list.match(/(type )?\w+(?=\s*(,|$))/g).map(name => allTypes + name),
  )
}

rmSync(OUT, { recursive: true, force: true })
mkdirSync(OUT)
const values = exportsOf('.js').map(name => `exports.${name} = ${name};`)
const code = ['"use strict";', join('.js'), ...values]
writeFileSync(path.join(OUT, 'index.js'), `${code.join('\n')}\n`)
// The sample opens in WeChat DevTools without any step before: its copy is in the repository. An image
// or a package is built without it.
if (existsSync(path.dirname(SAMPLE))) copyFileSync(path.join(OUT, 'index.js'), SAMPLE)
const types = exportsOf('.d.ts').join(', ')
writeFileSync(path.join(OUT, 'index.d.ts'), `${join('.d.ts')}\nexport { ${types} };\n`)
