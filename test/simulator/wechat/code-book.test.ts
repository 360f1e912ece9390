import { CodeBook } from '../../../src/simulator/wechat/code-book'
import { Clock } from '../../support/clock'

function openBook() {
  const clock = new Clock()
  const adopt = (code: string) => (code.startsWith('known-') ? 'adopted' : undefined)
  return { clock, book: new CodeBook<string>({ now: clock.now, adopt }) }
}

it('a code is fresh for 5 minutes', () => {
  const { clock, book } = openBook()
  book.add('a', 'wxa', 'alice')
  const issued = book.find('a', 'wxa')
  if (issued === undefined) throw new Error('the code is unknown')
  clock.advance(299)
  expect(book.isFresh(issued)).toBe(true)
  clock.advance(1)
  expect(book.isFresh(issued)).toBe(false)
})

it('a code stays with the app that it was made for, whoever shows it', () => {
  const { book } = openBook()
  book.add('a', 'wxa', 'alice')
  expect(book.find('a', 'wxb')).toMatchObject({ appid: 'wxa', entry: 'alice' })
})

it('an unknown code that may be adopted is bound to the first app that shows it', () => {
  const { book } = openBook()
  expect(book.find('known-1', 'wxa')).toMatchObject({ appid: 'wxa', entry: 'adopted' })
  expect(book.find('known-1', 'wxb')).toMatchObject({ appid: 'wxa' })
  expect(book.find('other', 'wxa')).toBeUndefined()
})

it('burn spends a code, and leaves an unknown one unknown', () => {
  const { book } = openBook()
  book.add('a', 'wxa', 'alice')
  book.burn('a', 'wxb')
  book.burn('other', 'wxa')
  expect(book.find('a', 'wxa')?.spent).toBe(true)
  expect(book.find('other', 'wxa')).toBeUndefined()
})

it('a minted code is remembered for an hour', () => {
  const { clock, book } = openBook()
  book.add('old', 'wxa', 'alice')
  clock.advance(3600)
  book.add('b', 'wxa', 'alice')
  expect(book.find('old', 'wxa')).toBeDefined()
  clock.advance(0.001)
  book.add('c', 'wxa', 'alice')
  expect(book.find('old', 'wxa')).toBeUndefined()
  expect(book.find('b', 'wxa')).toBeDefined()
})

it('forget forgets minted and adopted codes', () => {
  const { book } = openBook()
  book.add('a', 'wxa', 'alice')
  book.burn('known-1', 'wxa')
  book.forget()
  expect(book.find('a', 'wxa')).toBeUndefined()
  expect(book.find('known-1', 'wxa')).toMatchObject({ spent: false })
})
