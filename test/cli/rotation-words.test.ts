import { PRIVATE_KEY, SECRET } from '../../src/cli/rotated-key'
import { tooEarly, wordsAfter } from '../../src/cli/rotation-words'

test('each step names its variable, how long to wait, and the command of the next one', () => {
  const first = wordsAfter({ step: 1, key: PRIVATE_KEY, waitSeconds: 300, other: SECRET })
  expect(first).toContain('JWT_PRIVATE_KEY 第 1 步')
  expect(first).toContain('JWT_SECRET stays; keys rotate rotates it')
  expect(first).toContain('wait 300 s')
  expect(first).toContain('run keys rotate --private-key again')
  const second = wordsAfter({ step: 2, key: SECRET, waitSeconds: 7200 })
  expect(second).toContain('wait 7200 s (TOKEN_TTL_SECONDS)')
  expect(wordsAfter({ step: 1, key: SECRET, waitSeconds: 0 })).not.toContain('wait')
  expect(wordsAfter({ step: 3, key: SECRET, waitSeconds: 0 })).not.toContain('again')
})

test('what is too early says until when, and for whose sake', () => {
  const end = Date.UTC(2026, 0, 2)
  const time = '2026-01-02T00:00:00.000Z'
  expect(tooEarly(1, PRIVATE_KEY, end)).toContain(`until ${time} other services`)
  expect(tooEarly(2, PRIVATE_KEY, end)).toContain(`tokens of the old key hold until ${time}`)
  expect(tooEarly(2, SECRET, end)).toContain(`tokens of the old secret hold until ${time}`)
})
