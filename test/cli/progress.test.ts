import { createProgress } from '../../src/cli/progress'

function watched() {
  const said: string[] = []
  let ms = 0
  const progress = createProgress({ say: text => void said.push(text) }, done => `${done} of 9`, {
    everyMs: 1000,
    now: () => ms,
  })
  const at = (time: number) => {
    ms = time
  }
  return { said, progress, at }
}

test('short work says nothing', () => {
  const { said, progress, at } = watched()
  at(900)
  progress.tell(5)
  progress.end(9)
  expect(said).toEqual([])
})

test('long work says how far it is, once a while and at its end', () => {
  const { said, progress, at } = watched()
  at(1000)
  progress.tell(3)
  progress.tell(4)
  at(2500)
  progress.tell(7)
  progress.end(9)
  expect(said).toEqual(['3 of 9', '7 of 9', '9 of 9'])
})
