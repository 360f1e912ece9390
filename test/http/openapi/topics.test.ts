import { TOPICS, topicOf } from '../../../src/http/openapi/topics'
import { ROUTES } from '../../../src/http/routes'
import { BARE } from './bare-route'

test('a route stands in the chapter that it names, else in that of who calls it', () => {
  expect(topicOf({ ...BARE, topic: 'user', isProbe: true })).toBe('user')
  expect(topicOf({ ...BARE, aliasOf: '/login' })).toBe('alias')
  expect(topicOf({ ...BARE, guard: 'internal' })).toBe('internal')
  expect(topicOf({ ...BARE, isProbe: true })).toBe('probe')
  expect(topicOf({ ...BARE, isForGateways: true })).toBe('gateway')
  expect(topicOf(BARE)).toBe('other')
})

test('every chapter has words in both languages, and every route has a chapter', () => {
  for (const { zh, en } of Object.values(TOPICS)) {
    expect(zh).toMatch(/\p{sc=Han}/u)
    expect(en).toMatch(/^[\x20-\x7e]+$/)
  }
  for (const route of ROUTES) expect(Object.keys(TOPICS)).toContain(topicOf(route))
})
