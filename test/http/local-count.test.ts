import { createLocalCount, tooMany } from '../../src/http/local-count'

let uptime = 1000
beforeEach(() => {
  uptime = 1000
  jest.spyOn(performance, 'now').mockImplementation(() => uptime)
})
afterEach(() => jest.restoreAllMocks())

test('a caller passes so many times a minute, and then hears how long the minute still is', () => {
  const count = createLocalCount('guess', 3)
  for (let i = 0; i < 3; i++) expect(count('ann')).toBeUndefined()
  uptime += 20_500
  const refusal = count('ann')
  expect(refusal).toMatchObject({ code: 'rate_limited', reason: 'guess', retryAfter: 40 })
})

test('the minute begins with the first call and not with the last', () => {
  const count = createLocalCount('guess', 1)
  count('ann')
  uptime += 59_999
  expect(count('ann')).toBeDefined()
  uptime += 1
  expect(count('ann')).toBeUndefined()
  expect(count('ann')).toBeDefined()
})

test('callers are counted each by itself', () => {
  const count = createLocalCount('guess', 1)
  count('ann')
  expect(count('bob')).toBeUndefined()
  expect(count('ann')).toBeDefined()
})

test('off counts nothing', () => {
  const count = createLocalCount('guess', 'off')
  for (let i = 0; i < 1000; i++) expect(count('ann')).toBeUndefined()
})

test('no more than 100,000 callers are remembered: one more makes the oldest go', () => {
  const count = createLocalCount('guess', 1)
  count('the oldest')
  for (let i = 1; i < 100_000; i++) count(`caller ${i}`)
  expect(count('the oldest')).toBeDefined()
  expect(count('caller 1')).toBeDefined()
  for (let i = 0; i < 99_999; i++) count(`another ${i}`)
  // It had been asked for last but one, so it went when the last of them came.
  expect(count('the oldest')).toBeUndefined()
})

test('the wait is told in whole seconds, and is at least one', () => {
  expect(tooMany('guess', 0).retryAfter).toBe(1)
  expect(tooMany('guess', 1001).retryAfter).toBe(2)
})
