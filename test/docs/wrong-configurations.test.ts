import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { SECRET_VARIABLES, VARIABLES } from '../../src/config/variables'
import { temporaryFolder } from '../support/temporary'

const PAGE = join(__dirname, '../../docs/wrong-configurations.md')
const SERVER = join(__dirname, '../../dist/server/main.js')
const page = readFileSync(PAGE, 'utf8')
const [, beginning = ''] = /```sh\n([\s\S]*?)```/.exec(page) ?? []

interface Case {
  readonly title: string
  readonly commands: string
  readonly words: string
}

const CASE = /^## (\d+\. .+)\n\n```sh\n([\s\S]*?)```\n\n```text\n([\s\S]*?)\n```/gm
const cases: Case[] = [...page.matchAll(CASE)].map(([, title = '', commands = '', words = '']) => {
  return { title, commands, words }
})

/** Runs the commands of a case as they stand there; `npm start` is the server without npm's own words. */
async function refusalOf({ commands }: Case): Promise<{ code: number; words: string }> {
  const folder = temporaryFolder()
  const run = `${process.execPath} ${SERVER}`
  // In the background the server is the job itself: `kill %1` would end a shell around it and leave it.
  const start = `npm() { if [ $BASHPID != $$ ]; then exec ${run}; fi; ${run}; }`
  // Values of a case must appear in no message: these are remembered, and looked for.
  const script = `${start}\n${beginning}\nprintf '%s\\n' "$SECRET" "$OTHER_SECRET" "$APPSECRET" >&3\n${commands}`
  const env = { PATH: process.env.PATH, PORT: String(await freePort()), HOST: '127.0.0.1' }
  const options = { cwd: folder.path, env, timeout: 60_000 }
  const ran = await new Promise<{ code: number; said: string }>(resolve => {
    execFile(
      'bash',
      ['--norc', '-c', script.replace('>&3', '> secrets')],
      options,
      (error, _stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, said: stderr })
      },
    )
  })
  const secrets = readFileSync(join(folder.path, 'secrets'), 'utf8').trim().split('\n')
  folder.remove()
  const shown = secrets.filter(secret => ran.said.includes(secret))
  if (shown.length > 0) throw new Error('a value was shown')
  const words = ran.said.replaceAll(folder.path, '/app').trim()
  return { code: ran.code, words }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}

test('there are thirty-two of them at the least', () => {
  expect(cases.length).toBe([...page.matchAll(/^## /gm)].length)
  expect(cases.length).toBeGreaterThanOrEqual(32)
})

if (process.env.UPDATE_DOCS === 'on') {
  test('the page is written anew', async () => {
    let text = page
    for (const each of cases) {
      const { words } = await refusalOf(each)
      const { title, commands } = each
      const block = (said: string) =>
        `## ${title}\n\n\`\`\`sh\n${commands}\`\`\`\n\n\`\`\`text\n${said}\n\`\`\``
      text = text.replace(block(each.words), () => block(words))
    }
    writeFileSync(PAGE, text)
  }, 300_000)
} else {
  test.concurrent.each(cases)('$title: is refused in the words of the page', async each => {
    const { code, words } = await refusalOf(each)
    expect(words).toBe(each.words)
    expect(code).toBe(1)
  })
}

const NAMES = [...VARIABLES, ...SECRET_VARIABLES.map(name => `${name}_FILE`)]
const OTHERS = ['.env', 'NODE_TLS_REJECT_UNAUTHORIZED', 'WX_APPSECRET', 'WX_APP_ID', 'DB_URL']

test.each(cases)('$title: each line names the variable and says what to do', ({ words }) => {
  const [first = '', ...lines] = words.split('\n')
  expect(first).toMatch(/^miniprogram-login cannot start: \d+ problems? with the settings$/)
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) {
    const [, names = ''] = /^ {2}([\w, .]+?)(?: \(\w+\))?: \S/.exec(line) ?? []
    const unknown = names.split(', ').filter(name => ![...NAMES, ...OTHERS].includes(name))
    expect({ line, unknown }).toEqual({ line, unknown: [] })
    // What would be right: a rule, a command, or the thing to change.
    expect(line).toMatch(
      /\b(must|needs?|required|keep|leave|set|put|save|choose|check|use|run|make|meant|restore|write|encode|chmod|known are|correct|give|free|names? it|move)\b/,
    )
  }
})
