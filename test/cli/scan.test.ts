import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runCommand } from '../support/command-line'
import { temporaryFolder } from '../support/temporary'

const APP_SECRET = '5117a7ed5ec7e7005117a7ed5ec7e700'
let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

function write(name: string, content: string | Buffer) {
  const file = join(folder.path, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}
const scan = (...args: string[]) => runCommand(['scan', ...args], { cwd: folder.path })

test('an AppSecret is told by its place and not by its value: exit 1', async () => {
  write('mini/pages/index.js', `Page({})\nconst app = { appSecret: '${APP_SECRET}' }\n`)
  const { code, out, err } = await scan('mini')
  expect(code).toBe(1)
  expect(out).toContain('mini/pages/index.js:2:27  app_secret\n')
  expect(out + err).not.toContain(APP_SECRET)
})

test('--json tells the same to a program', async () => {
  write('mini/app.js', `const url = 'https://x.example/?secret=${APP_SECRET}'`)
  const { code, out } = await scan('mini', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(out)).toEqual({
    ok: false,
    files: 1,
    findings: [
      expect.objectContaining({ file: 'app.js', rule: 'app_secret', line: 1, column: 40 }),
    ],
  })
})

test('the secrets of the service’s own settings are found whatever they are called', async () => {
  write('.env', `WX_APPS={"wx1":"${APP_SECRET}","wx2":"${APP_SECRET.replace('51', '52')}"}\n`)
  write('mini/app.js', `const a = '${APP_SECRET}'\nconst b = '${APP_SECRET.replace('51', '52')}'`)
  const { findings } = JSON.parse((await scan('mini', '--json')).out)
  expect(findings).toEqual([
    expect.objectContaining({ rule: 'WX_APPS', line: 1 }),
    expect.objectContaining({ rule: 'WX_APPS', line: 2 }),
  ])
})

test('a clean mini program is exit 0; pictures, node_modules and this project’s SDK are no finding', async () => {
  await runCommand(['client', 'mini/utils'], { cwd: folder.path })
  write('mini/app.js', "const { createClient } = require('./utils/miniprogram-login-client')")
  write('mini/node_modules/x/index.js', `secret = '${APP_SECRET}'`)
  write('mini/a.png', Buffer.from(`\0secret=${APP_SECRET}`))
  const { code, out, err } = await scan('mini')
  expect({ code, out }).toEqual({ code: 0, out: '' })
  expect(err).toContain('4 files, nothing found')
})

test('one is told as one', async () => {
  write('mini/app.js', '')
  expect((await scan('mini')).err).toContain('1 file, nothing found')
  write('mini/app.js', `const app = { appSecret: '${APP_SECRET}' }`)
  expect((await scan('mini')).err).toContain('1 file, 1 place\n')
})

test('a .env that cannot be read is no obstacle', async () => {
  write('.env', 'what is this\n')
  write('mini/app.js', '')
  expect((await scan('mini')).code).toBe(0)
})

test('what is no folder is wrong usage', async () => {
  expect((await scan('nowhere')).code).toBe(2)
})
