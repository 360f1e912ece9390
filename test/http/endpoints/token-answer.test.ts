import { answerOfToken, tokenAnswer } from '../../../src/http/endpoints/token-answer'

const ISSUED = { token: 'header.claims.signature', expiresIn: 7200 }

test.each([true, false])('the answer of a login says whether the user is new (%p)', isNewUser => {
  const answer = answerOfToken(ISSUED, isNewUser)
  expect(answer).toStrictEqual({
    message: 'success!',
    token: ISSUED.token,
    token_type: 'Bearer',
    expires_in: 7200,
    is_new_user: isNewUser,
  })
  expect(tokenAnswer.parse(answer)).toEqual(answer)
})

test('nothing else of what was issued goes out', () => {
  const issued = { ...ISSUED, sessionKey: 'canary', openid: 'canary' }
  expect(JSON.stringify(answerOfToken(issued, false))).not.toContain('canary')
})

test.each([
  ['a token that is empty', { token: '' }],
  ['a life below none', { expires_in: -1 }],
  ['a life in parts of a second', { expires_in: 0.5 }],
  ['a field too many', { openid: 'openid' }],
])('the schema, which the documents show, refuses %s', (_what, wrong) => {
  const right = answerOfToken(ISSUED, true)
  expect(tokenAnswer.safeParse({ ...right, ...wrong }).success).toBe(false)
})
