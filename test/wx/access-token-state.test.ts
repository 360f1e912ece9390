import {
  ABSENT,
  type AccessTokenState,
  givenAgainLately,
  type Held,
  hold,
  isNews,
  isRefused,
  isWithin,
  type Refused,
  refuse,
  usable,
} from '../../src/wx/access-token-state'
import { Clock } from '../support/clock'

const now = new Clock().ms
const LIFE_MS = 7200_000
const MINUTES_5 = 300_000
const token = (value: string, leftMs = LIFE_MS) => ({ value, expiresAt: now + leftMs })
const held = (value: string, more: Partial<Held> = {}): Held => ({
  kind: 'held',
  token: token(value),
  renewAt: now + LIFE_MS - MINUTES_5,
  refusedBefore: undefined,
  ...more,
})
const refused = (value: string): Refused => ({ kind: 'refused', value })
const holding = (value: string) => (state: AccessTokenState) =>
  hold(state, token(value), { now, jitterMs: 0 })
const refusing = (value: string) => (state: AccessTokenState) => refuse(state, value)

type Change = (state: AccessTokenState) => AccessTokenState

test.each<[string, AccessTokenState, Change, AccessTokenState]>([
  ['absent, hold a', ABSENT, holding('a'), held('a')],
  ['absent, refuse a', ABSENT, refusing('a'), refused('a')],
  ['held a, hold b', held('a'), holding('b'), held('b')],
  ['held a, hold a', held('a'), holding('a'), held('a')],
  ['held a, refuse a', held('a'), refusing('a'), refused('a')],
  ['held a, refuse b: too late', held('a'), refusing('b'), held('a')],
  ['refused a, hold b', refused('a'), holding('b'), held('b', { refusedBefore: 'a' })],
  ['refused a, refuse a', refused('a'), refusing('a'), refused('a')],
  ['refused a, refuse b: too late', refused('a'), refusing('b'), refused('a')],
  [
    'held b after a, hold c: a is remembered',
    held('b', { refusedBefore: 'a' }),
    holding('c'),
    held('c', { refusedBefore: 'a' }),
  ],
  [
    'held b after a, refuse b: a is forgotten',
    held('b', { refusedBefore: 'a' }),
    refusing('b'),
    refused('b'),
  ],
])('%s', (_what, from, change, to) => {
  expect(change(from)).toEqual(to)
})

test('refused a, hold a: WeChat stands by it, and it counts as refused no more', () => {
  const state = hold(refused('a'), token('a'), { now, jitterMs: 0 })
  expect(state).toMatchObject({ kind: 'held', givenAgainAt: now })
  expect(isRefused(state, 'a')).toBe(false)
})

test('a refusal that changes nothing gives the same state back', () => {
  for (const state of [held('a'), refused('a')]) expect(refuse(state, 'b')).toBe(state)
})

test.each([
  ['in its last five minutes', LIFE_MS, 0, LIFE_MS - MINUTES_5],
  ['past a jitter', LIFE_MS, 45_000, LIFE_MS - MINUTES_5 + 45_000],
  ['not at once, when it is in them already', MINUTES_5, 0, 30_000],
  ['not at once, when it is nearly over', 20_000, 0, 30_000],
])('it is renewed %s', (_when, leftMs, jitterMs, afterMs) => {
  expect(hold(ABSENT, token('a', leftMs), { now, jitterMs }).renewAt).toBe(now + afterMs)
})

test.each([
  [LIFE_MS, true],
  [10_001, true],
  [10_000, false],
  [0, false],
])('an access_token with %d ms left may be handed out: %s', (leftMs, may) => {
  const state = held('a', { token: token('a', leftMs) })
  expect(usable(state, now) !== undefined).toBe(may)
})

test('without an access_token there is none to hand out', () => {
  expect(usable(ABSENT, now)).toBeUndefined()
  expect(usable(refused('a'), now)).toBeUndefined()
})

test.each<[string, AccessTokenState, string, number, boolean]>([
  ['any', ABSENT, 'a', LIFE_MS, true],
  ['one that is nearly over', ABSENT, 'a', 10_000, false],
  ['the one that is held', held('a'), 'a', LIFE_MS, false],
  ['another one than is held', held('a'), 'b', LIFE_MS, true],
  ['the one that was refused', refused('a'), 'a', LIFE_MS, false],
  ['another one than was refused', refused('a'), 'b', LIFE_MS, true],
  [
    'the one that was refused before the present one',
    held('b', { refusedBefore: 'a' }),
    'a',
    LIFE_MS,
    false,
  ],
])('%s in the cache is news: %#', (_what, state, value, leftMs, is) => {
  expect(isNews(state, token(value, leftMs), now)).toBe(is)
})

test.each([
  [0, true],
  [999, true],
  [1000, false],
  [-1, false],
])('%d ms after WeChat gave a refused one again it is not fetched again: %s', (ms, is) => {
  const state = held('a', { givenAgainAt: now })
  expect(givenAgainLately(state, 'a', now + ms) !== undefined).toBe(is)
  expect(givenAgainLately(state, 'b', now + ms)).toBeUndefined()
})

test('one that was never given again is fetched again at once', () => {
  for (const state of [ABSENT, held('a'), refused('a')]) {
    expect(givenAgainLately(state, 'a', now)).toBeUndefined()
  }
})

test('a clock that is set back ends every pause', () => {
  expect(isWithin(1000, now, now)).toBe(true)
  expect(isWithin(1000, now, now - 1)).toBe(false)
  expect(isWithin(1000, undefined, now)).toBe(false)
})
