import { slotOf } from '../../../../src/store/redis/link/slots'

test.each([
  ['123456789', 12_739],
  ['{user1000}.following', 3443],
  ['foo{}{bar}', 8363],
  ['foo{{bar}}zap', 4015],
  ['foo{bar}{zap}', 5061],
])('the slot of %p is %p, as the specification has it', (redisKey, slot) => {
  expect(slotOf(redisKey)).toBe(slot)
})
