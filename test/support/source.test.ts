import {
  circlesIn,
  exportsLogic,
  functionsIn,
  importsOf,
  localImportsOf,
  parseSource,
  untypedRejections,
} from './source'

const source = (text: string, path = 'a/file.ts') => parseSource(path, text)

test('imports are found in every way of writing them, types included', () => {
  const text = `import type { A } from './a'
import './b'
export { c } from './c'
const d = require('./d')
type E = import('./e').E
import {
  f,
} from '../f'`
  expect(importsOf(source(text))).toEqual(['./a', './b', './c', './d', './e', '../f'])
})

test('an import of a folder is one of its index', () => {
  const index = source('export const a = 1', 'b/index.ts')
  const user = source("import { a } from '../b'")
  expect(localImportsOf(user, [user, index])).toEqual(['b/index.ts'])
})

test('a circle is told with all its steps, and a diamond is none', () => {
  const diamond = new Map([
    ['top', ['left', 'right']],
    ['left', ['bottom']],
    ['right', ['bottom']],
    ['bottom', []],
  ])
  expect(circlesIn(diamond)).toEqual([])
  expect(circlesIn(new Map([...diamond, ['bottom', ['left']]]))).toEqual(['left -> bottom -> left'])
})

test('a function is as long as its lines, wherever in the file it stands', () => {
  const text = `// 中文 before the first token
export function one() {
  return [1].map(each => each)
}

class Two {
  three() {
    return 3
  }
}
`
  expect(functionsIn(source(text))).toEqual([
    { name: 'one', lines: 3 },
    { name: 'anonymous', lines: 1 },
    { name: 'three', lines: 3 },
  ])
})

test.each([
  ['export function a() {}', true],
  ['export class A {}', true],
  ['export const a = () => 1', true],
  ['export const a = 1', false],
  ['export interface A { b(): void }', false],
  ['function a() {}', false],
  ["export { a } from './a'", false],
])('%j exports logic: %p', (text, expected) => {
  expect(exportsLogic(source(text))).toBe(expected)
})

test.each([
  ['p.catch(error => error)', 1],
  ['p.catch((error: unknown) => error)', 0],
  ['p.catch(() => 1)', 0],
  ['p.then(value => value, error => error)', 1],
  ['p.then(value => value)', 0],
  ['try { f() } catch (error) { g(error) }', 0],
])('%j has %p rejections of no type', (text, expected) => {
  expect(untypedRejections(source(text))).toBe(expected)
})
