import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ServerProcess, startServer } from '../support/server-process'
import { INTERNAL_TOKEN } from '../support/service'
import { temporaryFolder } from '../support/temporary'

const read = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8')
const block = (file: string, language: string, holds: string): string => {
  const blocks = [...read(file).matchAll(/```(\w+)\n([\s\S]*?)```/g)]
  const found = blocks.find(([, kind, text]) => kind === language && text?.includes(holds))
  return String(found?.[2])
}

test('the curl line of docs/wechat.md gets an access_token', async () => {
  const folder = temporaryFolder()
  const server = await startServer({ INTERNAL_TOKEN, WX_SIMULATOR: 'on' }, folder.path)
  try {
    const script = block('docs/wechat.md', 'sh', 'curl')
    const env = { PATH: process.env.PATH, INTERNAL_TOKEN }
    const text = script.replaceAll('http://localhost:3000', server.url)
    const answer = JSON.parse(execFileSync('bash', ['-e', '-c', text], { encoding: 'utf8', env }))
    expect(answer).toEqual({ access_token: expect.any(String), expires_in: expect.any(Number) })
  } finally {
    await server.stop()
    folder.remove()
  }
})

describe.each(['README.md', 'README.en.md'])('the examples in %s', file => {
  const folder = temporaryFolder()
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer({}, folder.path)
  })
  afterAll(async () => {
    await server.stop()
    folder.remove()
  })

  test('the curl lines, pasted one after the other, log in, look, rename, get the number, check the key, renew and log out', () => {
    const script = block(file, 'sh', 'curl').replaceAll('http://localhost:3000', server.url)
    const lines = execFileSync('bash', ['-e', '-c', script], { encoding: 'utf8' })
      .trim()
      .split('\n')
    const answers = lines.map(line => JSON.parse(line))
    expect(answers).toEqual([
      expect.objectContaining({ message: 'success!', token_type: 'Bearer' }),
      { is_login: true, expires_in: expect.any(Number), session_key: 'fresh', next: 'none' },
      expect.objectContaining({ nickname: null }),
      expect.objectContaining({ nickname: file === 'README.md' ? '小明' : 'Bob' }),
      {
        phone_number: expect.stringMatching(/^1380000\d{4}$/),
        pure_phone_number: expect.stringMatching(/^1380000\d{4}$/),
        country_code: '86',
      },
      { valid: true },
      expect.objectContaining({ message: 'success!', token: expect.any(String) }),
      { message: 'success!' },
    ])
  })

  test('the curl line for encrypted data gets the phone number that the simulator encrypted', async () => {
    const line = /wechat_simulator url=(\S+) /
    while (!line.test(server.output())) await sleep(5)
    const simulatorUrl = line.exec(server.output())?.[1]
    const script = block(file, 'sh', '/decrypt')
      .replace('http://127.0.0.1:4000', String(simulatorUrl))
      .replaceAll('http://localhost:3000', server.url)
    const answer = JSON.parse(execFileSync('bash', ['-e', '-c', script], { encoding: 'utf8' }))
    expect(answer).toMatchObject({ phoneNumber: expect.stringMatching(/^1380000\d{4}$/) })
  })

  test('the code to mount is examples/mount.mts, which the type check reads', () => {
    expect(block(file, 'ts', 'createLogin')).toBe(read('examples/mount.mts'))
  })
})
