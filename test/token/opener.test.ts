import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { sealSecrets, sealText } from '../../src/token/seal'
import { createSigningKeys } from '../../src/token/signing-keys'
import { available, PROGRAMS } from '../support/databases'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'

const testWithJava = available('java') ? test : test.skip

type Question = readonly [secret: string, sealed: string, additionalData: string]

/** What a program says that shares no code with ours, not even a library. */
function openInJava(questions: readonly Question[]): string[] {
  const lines = questions.flatMap(([secret, sealed, additionalData]) => [
    ...[secret, sealed, Buffer.from(additionalData).toString('base64')],
  ])
  const input = `${lines.join('\n')}\n`
  const program = join(__dirname, 'Opener.java')
  const output = execFileSync(String(PROGRAMS.java), [program], { input, encoding: 'utf8' })
  return output.trimEnd().split('\n')
}

testWithJava('Java opens our seals by what docs/crypto.md says, and only where they belong', () => {
  const { current } = createSigningKeys(JWT_SECRET)
  const context = { sessionId: 'session-1', userId: 'user-1', appid: 'wx0000000000000000' }
  const secrets = { openid: 'oSIM-ä-用户', sessionKey: 'c2Vzc2lvbiBrZXkgMTYgYg==' }
  const sealed = sealSecrets(current, secrets, context)
  const first = sealSecrets(current, secrets, context, { forOldProcesses: true })
  const text = sealText(current, 'a text', 'a name')
  const belongsTo = 'session\nsession-1\nuser-1\nwx0000000000000000'
  const fields = [secrets.openid, secrets.sessionKey, '']
  expect(
    openInJava([
      [JWT_SECRET, sealed, belongsTo],
      [JWT_SECRET, first, 'session-1\nwx0000000000000000'],
      [JWT_SECRET, text, 'a name'],
      [JWT_SECRET, sealed, belongsTo.replace('user-1', 'user-2')],
      [JWT_SECRET, text, 'another name'],
      [OTHER_JWT_SECRET, text, 'a name'],
    ]),
  ).toEqual([
    JSON.stringify(fields),
    JSON.stringify([...fields, 'user-1']),
    'a text',
    ...['closed', 'closed', 'closed'],
  ])
})
