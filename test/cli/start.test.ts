import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCommand } from '../support/command-line'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())

test('start serves with the settings of .env, and SIGTERM ends it with 0', async () => {
  writeFileSync(join(folder.path, '.env'), 'PORT=0\nDATABASE_URL=memory:\n')
  const server = startCommand(['start'], { cwd: folder.path })
  await server.until('listening')
  const url = /listening url=http:\/\/127\.0\.0\.1:(\d+)/.exec(server.output())?.[1]
  expect((await fetch(`http://127.0.0.1:${url}/livez`)).status).toBe(200)
  server.child.kill('SIGTERM')
  expect(await server.ended).toMatchObject({ code: 0 })
})

test('start with settings that cannot be used exits with 1 and names them', async () => {
  const env = { PORT: 'seven' }
  const { code, err } = await startCommand(['start'], { cwd: folder.path, env }).ended
  expect(code).toBe(1)
  expect(err).toContain('PORT:')
})
