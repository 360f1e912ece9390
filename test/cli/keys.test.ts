import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withEnvFile } from '../../src/config/env-file'
import { secretLinesOf } from '../../src/config/private-key'
import { runCommand } from '../support/command-line'
import { PRIVATE_KEY } from '../support/private-keys'
import { type ServerProcess, startServer } from '../support/server-process'
import { type Service, startService } from '../support/service'
import { temporaryDatabase, temporaryFolder } from '../support/temporary'

const SECRET = 'q3Vb7xLw0ZrTn5KdYf2Hs9Jm4Gc8Pe6A'
const OTHER = 'W9dRk2Nf6Xt1Qm8Zb4Vc7Lg0Jh5Sp3Ye'

let folder: ReturnType<typeof temporaryFolder>
let file: string
beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder.path, '.env')
})
afterEach(() => folder.remove())

const write = (text: string) => writeFileSync(file, text, { mode: 0o600 })
const read = () => readFileSync(file, 'utf8')
const secrets = () => {
  const { JWT_SECRET, JWT_SECRET_PREVIOUS } = withEnvFile(file, {})
  return [JWT_SECRET, JWT_SECRET_PREVIOUS]
}
const rotate = (args: string[] = [], env = {}) =>
  runCommand(['keys', 'rotate', ...args], { cwd: folder.path, env })

test('three runs are the three steps, and a token outlives each of them', async () => {
  write(`JWT_SECRET=${SECRET}\nTOKEN_TTL_SECONDS=3600\n`)
  let token = ''
  const serve = async (use: (server: ServerProcess) => Promise<void>) => {
    const server = await startServer({}, folder.path)
    await use(server).finally(() => server.stop())
  }
  const expectLoggedIn = () =>
    serve(async ({ url }) => {
      const answer = await fetch(`${url}/checklogin?token=${token}`)
      expect(await answer.json()).toMatchObject({ is_login: true })
    })
  await serve(async ({ url }) => {
    const answer = await fetch(`${url}/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"code":"sim-alice-1"}',
    })
    token = String(((await answer.json()) as { token: string }).token)
  })

  expect(await rotate()).toMatchObject({ code: 0, out: '' })
  const [first, fresh] = secrets()
  expect(first).toBe(SECRET)
  expect(fresh).toHaveLength(48)
  await expectLoggedIn()

  const second = await rotate(['--json'])
  expect(JSON.parse(second.out)).toEqual({
    name: 'JWT_SECRET',
    step: 2,
    of: 3,
    not_before: expect.stringContaining('T'),
  })
  expect(secrets()).toEqual([fresh, SECRET])
  await expectLoggedIn()

  const before = read()
  const early = await rotate()
  expect(early).toMatchObject({ code: 1, out: '' })
  expect(early.err).toContain('too early')
  expect(read()).toBe(before)

  write(before.replace(/20\d\d-[^,]+/, '2026-01-01T00:00:00.000Z'))
  const third = await rotate()
  expect(third.code).toBe(0)
  expect(secrets()).toEqual([fresh, undefined])
  expect(read()).toBe(`JWT_SECRET=${fresh}\nTOKEN_TTL_SECONDS=3600\n`)
  for (const { out, err } of [second, early, third]) {
    expect(out + err).not.toContain(SECRET)
    expect(out + err).not.toContain(String(fresh))
  }
})

test('comments, order, mode and a link stay', async () => {
  const real = join(folder.path, 'real.env')
  const text = `# first\nexport PORT=1 # why\nJWT_SECRET="${SECRET}"\n\n# last\n`
  writeFileSync(real, text, { mode: 0o640 })
  chmodSync(real, 0o640)
  symlinkSync('real.env', file)
  expect((await rotate()).code).toBe(0)
  const lines = read().split('\n')
  expect(lines[3]).toMatch(/^# miniprogram-login keys rotate: step 1 of 3, /)
  expect(lines[4]).toMatch(/^JWT_SECRET_PREVIOUS=\S{48}$/)
  expect([...lines.slice(0, 3), ...lines.slice(5)].join('\n')).toBe(text)
  expect(statSync(real).mode & 0o777).toBe(0o640)
  expect(readFileSync(real, 'utf8')).toBe(read())
})

test('a value over several lines is one value: another program’s stays as it is', async () => {
  const rest = `OF_ANOTHER_PROGRAM="a\nJWT_SECRET_PREVIOUS=b"\n`
  write(`JWT_SECRET=${SECRET}\n${rest}`)
  expect((await rotate()).code).toBe(0)
  expect(read()).toMatch(new RegExp(`${rest}$`))
  expect(secrets()).toEqual([SECRET, expect.stringMatching(/^.{48}$/)])
})

describe('what is not safe is refused, and the file stays as it was', () => {
  const both = `JWT_SECRET=${SECRET}\nJWT_SECRET_PREVIOUS=${OTHER}\n`

  test.each<[what: string, text: string, env: object, words: string]>([
    ['no secret in the file', 'PORT=1\n', {}, 'nothing to rotate'],
    ['a secret of the environment', both, { JWT_SECRET: OTHER.repeat(2) }, 'wins over the line'],
    [
      'a secret in a file of its own',
      `JWT_SECRET=${SECRET}\nJWT_SECRET_PREVIOUS_FILE=x\n`,
      {},
      'JWT_SECRET_PREVIOUS_FILE is set',
    ],
    ['two lines of one name', `JWT_SECRET=${SECRET}\nJWT_SECRET=${OTHER}\n`, {}, 'has two lines'],
    ['two secrets, and nobody knows which is newer', both, {}, '--step 2'],
    [
      'the only secret in a file of its own',
      `JWT_SECRET_FILE=x\nPORT=1\n`,
      {},
      'JWT_SECRET_FILE is set',
    ],
    ['settings that cannot be used', `JWT_SECRET=${SECRET}\nPORT=x\n`, {}, 'PORT'],
  ])('%s', async (_what, text, env, words) => {
    write(text)
    const { code, out, err } = await rotate([], env)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(words)
    expect(err).not.toContain(SECRET)
    expect(read()).toBe(text)
    expect(existsSync(`${file}.new`)).toBe(false)
  })

  test('a value that cannot be moved to another line as it is', async () => {
    const text = `JWT_SECRET=${SECRET}\nJWT_SECRET_PREVIOUS="${OTHER}'#x"\n`
    write(text)
    const { code, err } = await rotate(['--step', '2'])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('nothing was changed') })
    expect(read()).toBe(text)
  })

  test('no .env', async () => {
    expect((await rotate()).err).toContain('there is no .env here')
  })

  test('another rotation under way', async () => {
    write(`JWT_SECRET=${SECRET}\n`)
    writeFileSync(`${file}.new`, 'half')
    const { code, err } = await rotate()
    expect(code).toBe(1)
    expect(err).toContain('another rotation is under way')
    expect(readFileSync(`${file}.new`, 'utf8')).toBe('half')
  })

  test('a step by hand after the last run: the note is not believed', async () => {
    write(`JWT_SECRET=${SECRET}\n`)
    await rotate()
    const text = read().replace(/^JWT_SECRET=.*$/m, `JWT_SECRET=${OTHER}`)
    write(text)
    expect((await rotate()).code).toBe(1)
    expect(read()).toBe(text)
  })
})

test('a rotation begun by hand goes on where a person says how far it is', async () => {
  write(`JWT_SECRET=${SECRET}\nJWT_SECRET_PREVIOUS=${OTHER}\n`)
  expect((await rotate(['--step', '2'])).code).toBe(0)
  expect(secrets()).toEqual([OTHER, SECRET])
  write(`JWT_SECRET=${SECRET}\nJWT_SECRET_PREVIOUS=${OTHER}\n`)
  expect((await rotate(['--step', '3'])).err).toContain('add --force')
  expect((await rotate(['--step', '3', '--force'])).code).toBe(0)
  expect(secrets()).toEqual([SECRET, undefined])
})

test.each([['4'], ['2']])('--step %s where it makes no sense is wrong usage', async step => {
  write(`JWT_SECRET=${SECRET}\n`)
  expect((await rotate(['--step', step])).code).toBe(2)
})

describe('--private-key', () => {
  const names = ['JWT_PRIVATE_KEY', 'JWT_PRIVATE_KEY_PREVIOUS'] as const
  const keys = () => names.map(name => withEnvFile(file, {})[name])
  const turnBack = () => write(read().replace(/20\d\d-[^,]+/, '2026-01-01T00:00:00.000Z'))
  const privately = (...args: string[]) => rotate(['--private-key', ...args])

  test('three runs rotate it, JWT_SECRET stays, and a token outlives each of them', async () => {
    const pem = PRIVATE_KEY.trim()
    // As a person writes it: over several lines, in quotes.
    const start = `JWT_SECRET=${SECRET}\nJWT_PRIVATE_KEY="${pem}"\nTOKEN_TTL_SECONDS=3600\n`
    write(start)
    const database = temporaryDatabase()
    const serve = async <T>(use: (service: Service) => Promise<T>): Promise<T> => {
      const { JWT_SECRET = '', JWT_PRIVATE_KEY, JWT_PRIVATE_KEY_PREVIOUS } = withEnvFile(file, {})
      const service = await startService({
        ...{ database: database.url, jwtSecret: JWT_SECRET, jwtPrivateKey: JWT_PRIVATE_KEY },
        jwtPrivateKeyPrevious: JWT_PRIVATE_KEY_PREVIOUS,
      })
      return use(service).finally(() => service.close())
    }
    const { token } = await serve(service => service.logIn())
    const kidsAfter = (step: number) =>
      serve(async service => {
        const { status } = await service.http.get('/me').set('token', token)
        expect({ step, status }).toEqual({ step, status: 200 })
        const { body } = await service.http.get('/.well-known/jwks.json')
        const fresh = (await service.logIn()).token
        return [kidOf(fresh), ...body.keys.map(({ kid }: { kid: string }) => kid).sort()]
      })
    const kidOf = (text: string): string =>
      JSON.parse(Buffer.from(String(text.split('.')[0]), 'base64url').toString()).kid

    const first = await privately()
    expect(first).toMatchObject({ code: 0, out: '' })
    expect(first.err).toMatch(/JWT_SECRET stays; keys rotate rotates it[\s\S]*wait 300 s/)
    const [old, fresh] = keys()
    expect(old).toBe(pem)
    const [signing, ...published] = await kidsAfter(1)
    expect([signing, published.length]).toEqual([kidOf(token), 2])

    expect((await privately()).err).toContain('may not have the new public key')
    turnBack()
    const second = await privately('--json')
    expect(JSON.parse(second.out)).toMatchObject({ name: 'JWT_PRIVATE_KEY', step: 2 })
    expect(keys()).toEqual([fresh, pem])
    const [signsNow, ...stillPublished] = await kidsAfter(2)
    expect(stillPublished).toEqual(published)
    expect(published.filter(kid => kid !== kidOf(token))).toEqual([signsNow])

    expect((await privately()).err).toContain('tokens of the old key hold')
    turnBack()
    expect((await privately()).code).toBe(0)
    const line = String(fresh).replaceAll('\n', '\\n')
    expect(read()).toBe(start.replace(pem, line))
    for (const { out, err } of [first, second]) {
      expect(out + err).not.toMatch(/PRIVATE KEY---/)
      for (const each of secretLinesOf(pem + String(fresh))) expect(out + err).not.toContain(each)
    }
    database.remove()
  })

  test('where both are set, keys rotate alone rotates JWT_SECRET and says so', async () => {
    write(`JWT_SECRET=${SECRET}\nJWT_PRIVATE_KEY="${PRIVATE_KEY.trim()}"\n`)
    const { code, err } = await rotate()
    expect(code).toBe(0)
    expect(err).toContain('JWT_SECRET 第 1 步')
    expect(err).toContain('JWT_PRIVATE_KEY stays; keys rotate --private-key rotates it')
    expect(keys()).toEqual([PRIVATE_KEY.trim(), undefined])
  })

  test('without one in .env nothing is rotated, JWT_SECRET neither', async () => {
    const text = `JWT_SECRET=${SECRET}\n`
    write(text)
    const { code, err } = await privately()
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('JWT_PRIVATE_KEY'),
    })
    expect(read()).toBe(text)
  })
})
