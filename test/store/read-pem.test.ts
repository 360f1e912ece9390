import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPem } from '../../src/store/read-pem'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())

function fileOf(name: string, text: string): string {
  const file = join(folder.path, name)
  writeFileSync(file, text)
  return file
}

test('a file in PEM is read whole', () => {
  const text = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  expect(readPem(fileOf('ca.pem', text))).toBe(text)
})

test('a file that is not there, or not in PEM, is refused with what to do', () => {
  expect(() => readPem(join(folder.path, 'none.pem'))).toThrow(/cannot be read \(ENOENT\): correct/)
  expect(() => readPem(fileOf('ca.der', '\x30\x82'))).toThrow(/not in PEM: convert it/)
})
