import { startDeadline } from '../../src/upstream/deadline'
import { Unreachable } from '../../src/upstream/unreachable'

const NEVER = new Promise<never>(() => {})
const late = () => new Unreachable('timeout', { sent: true, reason: 'deadline' })

test('work that is done in time has its own outcome', async () => {
  const deadline = startDeadline(60_000)
  await expect(deadline.within(Promise.resolve('done'), late)).resolves.toBe('done')
  await expect(deadline.within(Promise.reject(new Error('its own')), late)).rejects.toThrow(
    'its own',
  )
  expect(deadline.totalMs).toBe(60_000)
  expect(deadline.leftMs()).toBeLessThanOrEqual(60_000)
  expect(deadline.leftMs()).toBeGreaterThan(0)
})

test('work that is not done in time ends with the error of whoever waits for it', async () => {
  const deadline = startDeadline(5)
  await expect(deadline.within(NEVER, late)).rejects.toMatchObject({ kind: 'timeout' })
})

test('several pieces of work share one deadline: the second has what the first left', async () => {
  const deadline = startDeadline(20)
  await expect(deadline.within(NEVER, late)).rejects.toMatchObject({ kind: 'timeout' })
  await new Promise(resolve => setTimeout(resolve, 5))
  expect(deadline.leftMs()).toBeLessThan(0)
  // With a deadline of its own this would never end.
  await expect(deadline.within(NEVER, late)).rejects.toMatchObject({ kind: 'timeout' })
})

test('a callback that was called off is not called', async () => {
  const deadline = startDeadline(10)
  const calls: string[] = []
  const callOff = deadline.whenPassed(() => calls.push('called off'))
  callOff()
  await new Promise<void>(resolve => {
    deadline.whenPassed(() => {
      calls.push('waited for')
      resolve()
    })
  })
  expect(calls).toEqual(['waited for'])
})
