import { testsIn } from './test-titles'

const titles = (text: string) => testsIn(text).map(({ title }) => title)

test('tests are found by their titles, behind those of the groups around them', () => {
  const text = `describe('a', () => { describe.each(x)('b %s', () => { test('c', () => {}) }) })
test.each([1])('d %d', () => {})
test.concurrent.each([1])('e', async () => {})
testPostgres('f', () => {})
it(\`g \${x}\`, () => {})`
  expect(titles(text)).toEqual(['a b %s c', 'd %d', 'e', 'f', 'g …'])
})

test('what is no test is none: a call without a body, a helper, a string in a comment', () => {
  expect(titles(`expect('a', 1); tester('b', () => {}); // test('c', () => {})`)).toEqual([])
  expect(titles(`test('no body')`)).toEqual([])
})

test('a test is skipped when it or a group around it is switched off', () => {
  const text = `describe.skip('a', () => { test('b', () => {}) }); test.skip('c', () => {})
test.todo('d', 1); test('e', () => {})`
  expect(testsIn(text)).toEqual([
    { title: 'a b', isSkipped: true },
    { title: 'c', isSkipped: true },
    { title: 'd', isSkipped: true },
    { title: 'e', isSkipped: false },
  ])
})
