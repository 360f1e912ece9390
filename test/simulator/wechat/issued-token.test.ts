import { IssuedToken } from '../../../src/simulator/wechat/issued-token'
import { Clock } from '../../support/clock'

function issue() {
  const clock = new Clock()
  return { clock, token: new IssuedToken('wxa', clock.now) }
}

it('a token lives two hours, and is expired after that', () => {
  const { clock, token } = issue()
  clock.advance(7199)
  expect([token.lives, token.remainingMs]).toEqual([true, 1000])
  clock.advance(1)
  expect([token.lives, token.refusal]).toEqual([false, 42001])
})

it('a token with a successor works 5 minutes more, and is then not the latest', () => {
  const { clock, token } = issue()
  token.succeed()
  clock.advance(299)
  expect(token.lives).toBe(true)
  clock.advance(1)
  expect([token.lives, token.refusal]).toEqual([false, 40001])
})

it('a successor near the end lengthens the life to the whole overlap', () => {
  const { clock, token } = issue()
  clock.advance(7190)
  token.succeed()
  clock.advance(299)
  expect([token.lives, token.remainingMs]).toEqual([true, -289_000])
  clock.advance(1)
  expect([token.lives, token.refusal]).toEqual([false, 42001])
})

it('a killed token is revoked, also when its two hours are over', () => {
  const { clock, token } = issue()
  token.kill()
  expect([token.lives, token.refusal]).toEqual([false, 40001])
  clock.advance(7200)
  expect(token.refusal).toBe(40001)
})

it('a token that is made to expire has lived its two hours', () => {
  const { token } = issue()
  token.expire()
  expect([token.lives, token.refusal, token.remainingMs]).toEqual([false, 42001, 0])
})
