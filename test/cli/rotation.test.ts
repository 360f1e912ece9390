import { PRIVATE_KEY, SECRET } from '../../src/cli/rotated-key'
import { nextStep, problemWithLines, rotationOf } from '../../src/cli/rotation'

const now = Date.UTC(2026, 0, 2)
const start = { key: SECRET, text: 'JWT_SECRET=old\n', secret: 'old', previous: undefined }
const fresh = { newSecret: 'has # and space', now }

test('a value that holds a # is written in quotes', () => {
  const { text } = nextStep(start, { step: 0 }, fresh)
  expect(text).toContain("JWT_SECRET_PREVIOUS='has # and space'")
})

test('the file tells how far it is, and when that was', () => {
  const first = nextStep(start, rotationOf(start, undefined), fresh)
  expect(rotationOf(first, undefined)).toEqual({ step: 1, takenAt: now })
  const second = nextStep(first, { step: 1 }, { ...fresh, now: now + 5 })
  expect(rotationOf(second, undefined)).toEqual({ step: 2, takenAt: now + 5 })
  expect([second.secret, second.previous]).toEqual(['has # and space', 'old'])
  const third = nextStep(second, { step: 2 }, fresh)
  expect(rotationOf(third, undefined)).toEqual({ step: 0 })
})

test('secrets that changed since the note are refused', () => {
  const first = nextStep(start, { step: 0 }, fresh)
  expect(() => rotationOf({ ...first, previous: 'another' }, undefined)).toThrow(
    expect.objectContaining({ name: 'RotationRefused' }),
  )
})

test.each([
  ['', 'is not in .env'],
  ['JWT_SECRET=a\nJWT_SECRET=b', 'JWT_SECRET has two lines'],
  [
    'JWT_SECRET=a\nJWT_SECRET_PREVIOUS=b\nJWT_SECRET_PREVIOUS=c',
    'JWT_SECRET_PREVIOUS has two lines',
  ],
])('%j is no safe ground', (text, words) => {
  expect(problemWithLines(text, SECRET)).toContain(words)
})

test('two rotations in one file do not meet: each has its note and its variables', () => {
  const both = { ...start, text: `${start.text}JWT_PRIVATE_KEY="k"\n` }
  const ofSecret = nextStep(both, { step: 0 }, fresh)
  const ofKey = { key: PRIVATE_KEY, text: ofSecret.text, secret: 'k', previous: undefined }
  const first = nextStep(ofKey, { step: 0 }, { newSecret: 'l', now: now + 1 })
  expect(rotationOf(first, undefined)).toEqual({ step: 1, takenAt: now + 1 })
  expect(rotationOf({ ...ofSecret, text: first.text }, undefined)).toEqual({
    ...{ step: 1, takenAt: now },
  })
  const second = nextStep(first, { step: 1 }, fresh)
  const { text } = nextStep(second, { step: 2 }, fresh)
  expect(text).toBe(ofSecret.text.replace('"k"', '"l"'))
})
