import { asLines, asRow, shownSession, shownUser } from '../../src/cli/shown-users'

const user = {
  id: 'id',
  appid: 'wx1',
  openid: 'o',
  unionid: null,
  nickname: 'An\u001b[31mn\nOther',
  avatarUrl: null,
  phoneNumber: null,
  createdAt: 0,
  lastLoginAt: 1000,
  disabledAt: null,
  disabledReason: null,
}

test('a nickname cannot command the terminal, nor make a line of its own', () => {
  expect(asRow(user)).toBe(
    'id  wx1  active    1970-01-01T00:00:01.000Z  An\\u001b[31mn\\u000aOther',
  )
  expect(asLines(shownUser(user)).split('\n')).toHaveLength(6)
})

test('a time that is none is shown as it stands in the row', () => {
  expect(shownUser({ ...user, createdAt: 1e300 }).created_at).toBe('1e+300')
  expect(shownSession({ id: 's', createdAt: 0, expiresAt: Number.NaN }).expires_at).toBe('NaN')
})

test('who is disabled is told from the others', () => {
  expect(asRow({ ...user, disabledAt: 5 })).toContain('disabled')
})
