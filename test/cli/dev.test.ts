import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { prettySink } from '../../src/cli/dev'
import { runCommand, startCommand } from '../support/command-line'
import { temporaryFolder } from '../support/temporary'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())
const write = (text: string) => writeFileSync(join(folder.path, '.env'), text)

test('dev starts again when .env changes, keeps the old settings when it is wrong, and logs people in on', async () => {
  write('PORT=0\n')
  const dev = startCommand(['dev'], { cwd: folder.path })
  const urls = () => [...dev.output().matchAll(/listening url=(\S+)/g)].map(([, url]) => url)
  await dev.until('listening')
  const { token } = await json(`${urls()[0]}/login`, { code: 'sim-alice-1' })

  write('PORT=0\nTOKEN_TTL_SECONDS=soon\n')
  await dev.until('TOKEN_TTL_SECONDS')
  expect((await fetch(`${urls()[0]}/livez`)).status).toBe(200)

  write('PORT=0\nTOKEN_TTL_SECONDS=600\n')
  await dev.until(/listening[\s\S]*listening/)
  expect(await json(`${urls()[1]}/checklogin`, { token })).toMatchObject({ is_login: true })
  expect(await json(`${urls()[1]}/login`, { code: 'sim-bob-1' })).toMatchObject({ expires_in: 600 })

  dev.child.kill('SIGTERM')
  expect(await dev.ended).toMatchObject({ code: 0 })
})

test('dev is no way to run production', async () => {
  const { code } = await runCommand(['dev'], {
    cwd: folder.path,
    env: { NODE_ENV: 'production' },
  })
  expect(code).toBe(1)
})

test('a line has the time in front, and the colour of what went wrong', () => {
  const lines: string[] = []
  const sink = { write: (line: string) => void lines.push(line), dropped: 0, flush: async () => {} }
  const now = () => new Date(2026, 0, 2, 3, 4, 5)
  const coloured = prettySink(sink, true, now)
  coloured.write('warn store.lost')
  coloured.write('POST /login 502 3.1 ms')
  coloured.write('POST /login 200 3.1 ms')
  prettySink(sink, false, now).write('error crash')
  expect(lines).toEqual([
    '\u001b[33m03:04:05 warn store.lost\u001b[0m',
    '\u001b[31m03:04:05 POST /login 502 3.1 ms\u001b[0m',
    '03:04:05 POST /login 200 3.1 ms',
    '03:04:05 error crash',
  ])
})

async function json(url: string, body: object): Promise<Record<string, unknown>> {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await answer.json()) as Record<string, unknown>
}
