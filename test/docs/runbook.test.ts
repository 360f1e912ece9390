import { execFile } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCommandLine } from '../../src/cli/program'
import { createSimulator, SIMULATOR_APP, type Simulator } from '../../src/simulator'
import { type ServerProcess, startServer } from '../support/server-process'
import { INTERNAL_TOKEN } from '../support/service'
import { temporaryFolder } from '../support/temporary'

const PAGE = join(__dirname, '../../docs/runbook.md')
const page = readFileSync(PAGE, 'utf8')
const BLOCK = /```console\n\$ (.*)\n([\s\S]*?)```/g
const blocks = [...page.matchAll(BLOCK)].map(([, command = '', output = '']) => ({
  ...{ command, output },
}))
const [, FUNCTION = ''] = /```sh\n(metrics\(\)[\s\S]*?)```/.exec(page) ?? []

/** Another appid than the simulator's own, which stands for no credentials at all. */
const APP = { appid: 'wx1234567890abcdef', secret: SIMULATOR_APP.secret }
const OTHER_SECRET = '5117a7ed5ec7e7005117a7ed5ec7e7ff'
const RATE_LIMIT = 100

const folder = temporaryFolder()
let simulator: Simulator
let server: ServerProcess
/** What stands for the names in angle brackets. */
const named: Record<string, string> = {}

const post = async (path: string, body: object, token = '') => {
  const headers = { 'Content-Type': 'application/json', token }
  const answer = await fetch(server.url + path, {
    ...{ method: 'POST', headers, body: JSON.stringify(body) },
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}
const logIn = (user: string) => post('/login', { code: simulator.mintCode({ user }) })
const idOf = async (token = '') => {
  const answer = await fetch(`${server.url}/me`, { headers: { token } })
  return ((await answer.json()) as { id: string }).id
}
const untilLoggedIn = async (user: string) => {
  while ((await logIn(user)).status !== 200) await sleep(100)
}

/** Runs a line of our command line as a person in this folder would: both streams in their order. */
async function ours(command: string): Promise<string> {
  const lines: string[] = []
  const hear = (text: string) => void lines.push(text)
  const back = process.cwd()
  process.chdir(folder.path)
  try {
    await runCommandLine(
      command.match(/"[^"]*"|\S+/g)?.map(part => part.replaceAll('"', '')) ?? [],
      {
        ...{ print: hear, say: hear, isInteractive: false, hasColours: false },
        ask: () => Promise.reject(new Error('nobody is there')),
      },
    )
  } finally {
    process.chdir(back)
  }
  return `${lines.join('\n')}\n`
}

function run(shown: string): Promise<string> {
  const command = shown.replace(/<(\w+)>/g, (_whole, name) => String(named[name]))
  const program = 'miniprogram-login '
  if (command.startsWith(program)) return ours(command.slice(program.length))
  writeFileSync(join(folder.path, 'login.log'), server.output())
  const script = `${FUNCTION.replace('http://127.0.0.1:3000', server.url)}\n${command}`
  const env = { PATH: process.env.PATH, INTERNAL_TOKEN, LC_ALL: 'C' }
  return new Promise(resolve => {
    execFile('bash', ['-c', script], { cwd: folder.path, env }, (_error, stdout) => resolve(stdout))
  })
}

/** What is another one each time. */
function masked(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/(?<=[" ])[\w-]{22}(?=["\s])/g, '<id>')
    .replace(/"session":"[\w-]{8}"/g, '"session":"<short>"')
    .replace(/"wx_rid":"[^"]+"/g, '"wx_rid":"<rid>"')
    .replace(/\bo[\w-]{27}\b/g, '<openid>')
    .replace(/"(duration_ms|pid)":[\d.]+/g, '"$1":0')
    .replace(/127\.0\.0\.1:\d+/g, '<port>')
    .replace(/v2\d\.\d+\.\d+/g, '<node>')
    .replace(/(_seconds_sum\{.*\}) [\d.e-]+/g, '$1 <s>')
    .replace(/(_(?:total|count)\{.*\}) [1-9]\d*/g, '$1 <n>')
    .replace(/^ +\d+ /gm, '<n> ')
    .replace(/"file":"[^"]+"|\/\S+login\.db/g, '<file>')
}

/** How each symptom comes about, before the command that begins with these words. */
const PROVOKE: readonly (readonly [command: string, provoke: () => Promise<unknown>])[] = [
  [
    'grep <request_id>',
    async () => {
      const { body } = await post('/login', { code: 'sim-errcode-40029-x' })
      named.request_id = String(body.request_id)
    },
  ],
  [
    'miniprogram-login users show --openid',
    async () => {
      const { token } = (await logIn('alice')).body
      named.user = await idOf(token)
      named.openid = simulator.user('alice').openid
      await ours(`users disable ${named.user} --reason "手机被盗 stolen phone"`)
      await idOf(token)
      await logIn('alice')
    },
  ],
  [
    'miniprogram-login users show --phone',
    async () => {
      const { token } = (await logIn('bob')).body
      named.user = await idOf(token)
      await post('/phone', { code: simulator.mintCode({ user: 'bob' }) }, token)
      await post('/phone', { code: simulator.mintPhoneCode({ user: 'bob' }) }, token)
      named.phone = simulator.user('bob').phoneNumber
      await post('/logout', { all: true }, token)
      await idOf(token)
    },
  ],
  [
    `grep '"level":"error"'`,
    async () => {
      simulator.setSecrets(APP.appid, OTHER_SECRET)
      await logIn('carol')
    },
  ],
  [
    `grep -E '"event":"store`,
    async () => {
      simulator.setSecrets(APP.appid, APP.secret)
      const file = join(folder.path, 'data/login.db')
      await untilLoggedIn('carol')
      renameSync(file, `${file}.away`)
      await logIn('carol')
      renameSync(`${file}.away`, file)
      await untilLoggedIn('carol')
    },
  ],
  [
    `grep '"event":"wechat.unreachable"'`,
    async () => {
      const port = Number(new URL(simulator.url).port)
      await simulator.close()
      for (let i = 0; i < 11; i++) await post('/login', { code: `sim-dan-${i}` })
      named.port = String(port)
    },
  ],
  [
    `grep -E '"event":"login.(`,
    async () => {
      await simulator.listen({ port: Number(named.port) })
      await untilLoggedIn('carol')
      await post('/login', { code: 'sim-errcode-40226-x' })
      await post('/login', { code: 'sim-errcode-45011-x' })
      simulator.fail({ late: 800 })
      await logIn('carol')
    },
  ],
  [
    `grep '"error":"rate_limited"'`,
    async () => {
      while ((await post('/login', { code: 'sim-carol-again' })).status !== 429) await sleep(1)
    },
  ],
  [
    `grep '"event":"token.refused"'`,
    async () => {
      await idOf('eyJhbGciOiJIUzI1NiJ9.e30.forged')
    },
  ],
]

beforeAll(async () => {
  simulator = createSimulator({ apps: { [APP.appid]: APP.secret } })
  await simulator.listen()
  const lines = [
    ...["JWT_SECRET='q3Vb7xLw0ZrTn5KdYf2Hs9Jm4Gc8Pe6A'", `INTERNAL_TOKEN=${INTERNAL_TOKEN}`],
    ...[`WX_APPID=${APP.appid}`, `WX_SECRET=${APP.secret}`, 'ADOPT_USERS=off'],
    ...[`WX_API_BASE_URL=${simulator.url}`, 'LOG_FORMAT=json', `RATE_LIMIT=${RATE_LIMIT}`],
  ]
  writeFileSync(join(folder.path, '.env'), `${lines.join('\n')}\n`, { mode: 0o600 })
  server = await startServer({}, folder.path)
}, 120_000)
afterAll(async () => {
  await server?.stop('SIGKILL')
  await simulator?.close()
  folder.remove()
})

/** Runs all blocks in their order, each after its symptom was provoked. The log is written off the event loop. */
async function playAll(heard: (block: (typeof blocks)[number]) => Promise<void>): Promise<void> {
  const left = [...PROVOKE]
  for (const block of blocks) {
    const at = left.findIndex(([words]) => block.command.startsWith(words))
    if (at >= 0) await left.splice(at, 1)[0]?.[1]()
    await heard(block)
  }
  expect(left.map(([words]) => words)).toEqual([])
}

if (process.env.UPDATE_DOCS === 'on') {
  test('the page is written anew', async () => {
    let text = page
    await playAll(async ({ command, output }) => {
      await sleep(1000)
      const printed = await run(command)
      const block = (said: string) => `\`\`\`console\n$ ${command}\n${said}\`\`\``
      text = text.replace(block(output), () => block(printed))
    })
    writeFileSync(PAGE, text)
  }, 120_000)
} else {
  test('each command of docs/runbook.md leads from its symptom to what the page shows', async () => {
    await playAll(async ({ command, output }) => {
      const wanted = masked(output)
      const patience = performance.now() + 20_000
      let printed = await run(command)
      while (masked(printed) !== wanted && performance.now() < patience) {
        await sleep(50)
        printed = await run(command)
      }
      expect({ command, output: masked(printed) }).toEqual({ command, output: wanted })
    })
  }, 180_000)
}

test('every alert of examples/monitoring has its section, and each section is there', () => {
  const rules = readFileSync(join(__dirname, '../../examples/monitoring/rules.yml'), 'utf8')
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
  const rows = page.slice(page.indexOf('an alert fired'), page.indexOf('## 准备'))
  const listed = [...rows.matchAll(/`(\w+)`/g)].map(([, name]) => name)
  expect(listed.sort()).toEqual(alerts.sort())
  const heads = [...page.matchAll(/^##+ (.+)$/gm)].map(([, head = '']) =>
    head
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
  expect(links.length).toBeGreaterThan(12)
  expect(links.filter(anchor => !heads.includes(String(anchor)))).toEqual([])
})
