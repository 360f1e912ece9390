import { publicSessionId } from '../../src/login/public-session-id'
import { digest } from '../../src/token/digest'

test('a session has one public id, which shows no part of its own', () => {
  const id = 'h3Kq8Zt1Vx7Lw2Nc9Rb4Mf6Jp0Sd5Gya'
  expect(publicSessionId(id)).toBe(publicSessionId(id))
  expect(publicSessionId(id)).toMatch(/^[\w-]{12}$/)
  expect(id).not.toContain(publicSessionId(id).slice(0, 4))
})

test('two sessions have two public ids', () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => publicSessionId(`session-${i}`))
  expect(new Set(ids).size).toBe(10_000)
})

test('no digest that rests in the store is a public id, or begins with one', () => {
  expect(digest('session').startsWith(publicSessionId('session'))).toBe(false)
})
