import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')
const readme = readFileSync(join(ROOT, 'bench/README.md'), 'utf8')
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

test('bench/README.md names every file of the bench, and no other', () => {
  const files = readdirSync(join(ROOT, 'bench'))
    .filter(name => /\.(js|c)$/.test(name))
    .map(name => name.replace(/\.js$/, ''))
  const [, index = ''] = readme.split('## The files')
  const named = [...index.matchAll(/`([\w-]+(?:\.c)?)`/g)].map(([, name]) => String(name))
  const inFolders = ['servers', 'nights'].flatMap(folder =>
    readdirSync(join(ROOT, 'bench', folder)).map(name => name.replace(/\.js$/, '')),
  )
  expect(new Set(named)).toEqual(new Set([...files, ...inFolders]))
})

test('bench/README.md says of every bench script what it answers', () => {
  const benches = Object.keys(scripts).filter(name => scripts[name].startsWith('node bench/'))
  const told = [...readme.matchAll(/^\| `npm run ([\w:-]+?)(?: -- \w+)?`/gm)].map(([, name]) =>
    String(name),
  )
  expect(told.sort()).toEqual(benches.sort())
})
