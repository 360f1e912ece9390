import { withDeadline } from '../../src/store/deadline'

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] })
})
afterEach(() => {
  jest.useRealTimers()
})

test('work that is done in time gives its outcome, good or bad, and leaves no timer', async () => {
  await expect(withDeadline(Promise.resolve(7), 100)).resolves.toBe(7)
  await expect(withDeadline(Promise.reject(new Error('no')), 100)).rejects.toThrow('no')
  expect(jest.getTimerCount()).toBe(0)
})

test('work that takes too long is store_unavailable', async () => {
  const outcome = expect(withDeadline(new Promise(() => {}), 100)).rejects.toMatchObject({
    code: 'store_unavailable',
    reason: 'deadline',
  })
  await jest.advanceTimersByTimeAsync(100)
  await outcome
})

test('an answer that lies ready when the process wakes up too late still counts', async () => {
  let answer = (_value: string): void => {}
  const work = new Promise<string>(resolve => {
    answer = resolve
  })
  const outcome = withDeadline(work, 100)
  jest.advanceTimersByTime(100)
  answer('in time')
  await expect(outcome).resolves.toBe('in time')
})
