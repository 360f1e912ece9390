import type { Session } from '../../../src/store/contract/sessions'
import type { NewestKey } from '../../../src/store/redis/newest-record'
import {
  joinNewest,
  readSessionRecord,
  type SessionRecord,
  sessionArgs,
} from '../../../src/store/redis/session-record'
import { hashOf } from './hash-of'

const SESSION: SessionRecord = {
  id: 'session',
  userId: 'user',
  appid: 'wx0000000000000000',
  openid: 'openid',
  unionid: 'union',
  unionidProof: 'proof',
  sealed: 'kid.sealed',
  sessionKeyHash: 'digest',
  createdAt: 1000,
  expiresAt: 2000,
  lastUsedAt: 1000,
}
const { id, userId } = SESSION
const written = (session: SessionRecord) => hashOf(sessionArgs(session))

test.each<[string, SessionRecord]>([
  ['everything', SESSION],
  ['no unionid', { ...SESSION, unionid: null }],
  ['no session_key', { ...SESSION, sessionKeyHash: null }],
])('what is written is read again under the id that was asked: %s', (_what, session) => {
  expect(readSessionRecord({ id, userId }, written(session))).toEqual(session)
})

test('a session was last used when it began, until a use is noted', () => {
  const noted = { ...written(SESSION), usedAt: '1500' }
  expect(readSessionRecord({ id, userId }, noted)).toEqual({ ...SESSION, lastUsedAt: 1500 })
})

test('neither the id nor the user’s id is in the hash', () => {
  expect(Object.keys(written(SESSION))).not.toEqual(expect.arrayContaining(['id']))
  expect(Object.values(written(SESSION))).not.toContain('user')
})

test.each(['appid', 'openid', 'sealed'])('a hash without its %s is no session', missing => {
  const { [missing]: _left, ...rest } = written(SESSION)
  expect(readSessionRecord({ id, userId }, rest)).toBeUndefined()
  expect(readSessionRecord({ id, userId }, {})).toBeUndefined()
})

test.each<[string, Partial<NewestKey>, Partial<Session>]>([
  [
    'the login’s own unionid, where no later one brought any',
    { unionid: null, unionidProof: null },
    { unionid: 'union', unionidProof: 'proof' },
  ],
  [
    'the unionid of a later login, with its proof',
    { unionid: 'later', unionidProof: 'later proof' },
    { unionid: 'later', unionidProof: 'later proof' },
  ],
  [
    'the unionid of a later login that has no proof, without the proof of an older one',
    { unionid: 'later', unionidProof: null },
    { unionid: 'later', unionidProof: null },
  ],
])('a session has its user’s newest session_key and %s', (_what, newest, expected) => {
  const key = { newestKeyHash: 'newer', newestKeyAt: 1800, newestKeyCheck: null }
  const joined = joinNewest(SESSION, { unionid: null, unionidProof: null, ...key, ...newest })
  expect(joined).toEqual({ ...SESSION, ...key, ...expected })
})
