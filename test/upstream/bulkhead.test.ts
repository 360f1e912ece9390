import { createBulkhead } from '../../src/upstream/bulkhead'
import { type Deadline, startDeadline } from '../../src/upstream/deadline'

const ample = startDeadline(60_000)

/** Work that ends when the test says so. */
function held() {
  let begun = false
  let end = () => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  const work = () => {
    begun = true
    return ended
  }
  return { work, end, hasBegun: () => begun }
}
const turn = () => new Promise(setImmediate)

test('so many are under way at one time, and the next one follows in the order of arrival', async () => {
  const bulkhead = createBulkhead(2)
  const works = Array.from({ length: 5 }, held)
  const runs = works.map(({ work }) => bulkhead.run(ample, work))
  const begun = () => works.map(work => work.hasBegun())
  expect(begun()).toEqual([true, true, false, false, false])
  works[1]?.end()
  await turn()
  expect(begun()).toEqual([true, true, true, false, false])
  for (const { end } of works) end()
  await Promise.all(runs)
  expect(begun()).toEqual([true, true, true, true, true])
})

test('work that fails gives its place back', async () => {
  const bulkhead = createBulkhead(1)
  const failing = () => Promise.reject(new Error('failed'))
  await expect(bulkhead.run(ample, failing)).rejects.toThrow('failed')
  await expect(bulkhead.run(ample, async () => 'done')).resolves.toBe('done')
})

test('who gets no place by its deadline is refused, begins nothing, and takes no place later', async () => {
  const bulkhead = createBulkhead(1)
  const first = held()
  const running = bulkhead.run(ample, first.work)
  let pass = () => {}
  const deadline: Deadline = {
    ...startDeadline(60_000),
    whenPassed(callback) {
      pass = callback
      return () => {}
    },
  }
  const late = held()
  const refused = bulkhead.run(deadline, late.work)
  pass()
  await expect(refused).rejects.toMatchObject({ code: 'overloaded', reason: 'no_turn' })
  first.end()
  await running
  expect(late.hasBegun()).toBe(false)
  await expect(bulkhead.run(ample, async () => 'done')).resolves.toBe('done')
})
