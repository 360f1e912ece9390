import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createSimulator, SIMULATOR_APP } from '../../src/simulator/index'
import { start } from './ask'

const MAIN = path.join(__dirname, '../../dist/simulator/main.js')

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function run(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  const out = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => {
    out.stdout += chunk
  })
  child.stderr.on('data', chunk => {
    out.stderr += chunk
  })
  return { child, out, exit: once(child, 'close') }
}

/** The program, when it has said all that it says at the start. */
async function running(...args: string[]) {
  const program = run('--port', '0', ...args)
  while (!program.out.stdout.includes('curl "')) await once(program.child.stdout, 'data')
  const url = /WX_API_BASE_URL=(\S+)/.exec(program.out.stdout)?.[1] ?? ''
  return { ...program, url }
}

/** The URL of the printed curl, as a shell would fill it in. */
function curlUrl(stdout: string): string {
  return (/curl "(.*)"/.exec(stdout)?.[1] ?? '').replace('$(date +%s)', String(Date.now()))
}

it('the program prints its URL, the lines for .env and a curl that logs in', async () => {
  const { out, url } = await running()
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(out.stdout).toContain(`  WX_APPID=${SIMULATOR_APP.appid}\n`)
  expect(out.stdout).toContain(`  WX_SECRET=${SIMULATOR_APP.secret}\n`)
  expect(await (await fetch(curlUrl(out.stdout))).json()).toHaveProperty('openid')
})

it('--app replaces the fake app and is not printed; --adopt takes codes of DevTools', async () => {
  const { out, url } = await running('--app', 'wxa:canary:1', '--app', 'wxb:canary2', '--adopt')
  expect(out.stdout).toContain('WX_APPID=wxa\n')
  expect(out.stdout).not.toContain('canary')
  const query = `js_code=${'a'.repeat(32)}&grant_type=authorization_code`
  for (const app of ['appid=wxa&secret=canary:1', 'appid=wxb&secret=wrong']) {
    const answer = await (await fetch(`${url}/sns/jscode2session?${app}&${query}`)).json()
    if (app.endsWith('wrong')) expect(answer).toMatchObject({ errcode: 40125 })
    else expect(answer).toHaveProperty('openid')
  }
})

it('the program prints a curl for a first access_token; an appid given twice has two secrets', async () => {
  const { out, url } = await running()
  const body = /stable_token -d '(.*)'/.exec(out.stdout)?.[1] ?? ''
  const answer = await fetch(`${url}/cgi-bin/stable_token`, { method: 'POST', body })
  expect(await answer.json()).toHaveProperty('access_token')

  const twice = await running('--app', 'wxa:canary1', '--app', 'wxa:canary2')
  expect(twice.out.stdout).not.toContain('canary')
  for (const secret of ['canary1', 'canary2']) {
    const query = `grant_type=client_credential&appid=wxa&secret=${secret}`
    const given = await fetch(`${twice.url}/cgi-bin/token?${query}`)
    expect(await given.json()).toHaveProperty('access_token')
  }
})

it.each(['SIGINT', 'SIGTERM'] as const)('%s stops it, though calls hang', async signal => {
  const { child, exit, out, url } = await running()
  const hang = (name: string) =>
    fetch(curlUrl(out.stdout).replace('sim-alice-', name))
      .then(reply => reply.text())
      .catch(() => 'broken off')
  const hung = ['sim-fault-never-', 'sim-fault-drip-', 'sim-fault-headdrip-'].map(hang)
  await fetch(`${url}/simulator/faults`, { method: 'POST', body: '{"late":60000}' })
  hung.push(hang('sim-alice-'))
  const recorded = async () => {
    const reply = await fetch(`${url}/simulator/calls`)
    return ((await reply.json()) as { calls: unknown[] }).calls.length
  }
  while ((await recorded()) < hung.length) await delay(10)
  child.kill(signal)
  expect(await exit).toEqual([0, null])
  expect(await Promise.all(hung)).toEqual(Array(4).fill('broken off'))
})

it('a taken port is said in words, with exit code 1', async () => {
  const { port } = new URL((await start()).url)
  const { exit, out } = run('--port', port)
  expect(await exit).toEqual([1, null])
  expect(out.stderr).toMatch(/^wechat-simulator: .*EADDRINUSE.*\n.*--port\.\n$/)
})

it.each([
  [['--prot', '1'], '--prot'],
  [['--port', 'x'], '--port must be a number'],
  [['--port', '65536'], '--port must be a number'],
  [['--app', 'wxa'], 'appid:secret'],
])('a wrong flag is said in words, with exit code 1: %j', async (args, words) => {
  const { exit, out } = run(...args)
  expect(await exit).toEqual([1, null])
  expect(out.stderr).toMatch(/^wechat-simulator: /)
  expect(out.stderr).toContain(words)
  expect(out.stderr).not.toContain('    at ')
})

it('--help prints the options and starts nothing', async () => {
  const { exit, out } = run('--help')
  expect(await exit).toEqual([0, null])
  for (const flag of ['--port', '--host', '--app', '--adopt']) expect(out.stdout).toContain(flag)
})

it('the program lives on when nobody reads its greeting', async () => {
  const before = createSimulator()
  const url = await before.listen()
  await before.close()
  const { child } = run('--port', new URL(url).port)
  child.stdout.destroy()
  const answers = () =>
    fetch(`${url}/simulator/calls`).then(
      reply => reply.ok,
      () => false,
    )
  while (!(await answers())) await delay(10)
  await delay(100)
  expect(await answers()).toBe(true)
})
