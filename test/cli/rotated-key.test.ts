import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PRIVATE_KEY, SECRET } from '../../src/cli/rotated-key'
import { withEnvFile } from '../../src/config/env-file'
import { problemWithPrivateKey } from '../../src/config/private-key'
import { temporaryFolder } from '../support/temporary'

test.each([SECRET, PRIVATE_KEY])('what is made for $name comes back from .env as it was', key => {
  const folder = temporaryFolder()
  const value = key.makeNew()
  const file = join(folder.path, '.env')
  writeFileSync(file, `${key.name}=${key.quoted(value)}\n`)
  expect(withEnvFile(file, {})).toEqual({ [key.name]: value })
  expect(key.canonical(value)).toBe(value)
  folder.remove()
})

test('a new private key is one that the service takes, and another one each time', () => {
  const made = [PRIVATE_KEY.makeNew(), PRIVATE_KEY.makeNew()]
  expect(made.map(problemWithPrivateKey)).toEqual([undefined, undefined])
  expect(made[0]).not.toBe(made[1])
})

test('the new public key is published for the 5 minutes for which others keep the old ones', () => {
  expect([SECRET.publishedSeconds, PRIVATE_KEY.publishedSeconds]).toEqual([0, 300])
})
