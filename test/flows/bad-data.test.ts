import { spawnSync } from 'node:child_process'
import { Agent } from 'node:http'
import net from 'node:net'
import { ROUTES } from '../../src/http/routes'
import { type BadRequest, badRequests, sendBad } from '../support/bad-data'
import { ask, type Recipe, startRecipe } from '../support/recipe'
import { EXPRESS_VERSIONS } from '../support/run-example'

/** What the host of the recipe adds to our routes, behind the guards. */
const OF_HOST: readonly (readonly [string, string])[] = [
  ['GET', '/orders'],
  ['GET', '/feed'],
  ['POST', '/steps'],
  ['POST', '/call-me'],
]
const OURS = ROUTES.filter(({ guard }) => guard !== 'internal').flatMap(({ path, methods }) =>
  methods.map(method => [method, `/api${path.replace(':id', '%00')}`] as const),
)
/** Fewer than any limit counts in a minute, of one address and of one user. */
const EACH = 50

describe.each(EXPRESS_VERSIONS)('a client’s bad data (%s)', express => {
  let recipe: Recipe
  let agent: Agent
  beforeAll(async () => {
    agent = new Agent({ keepAlive: true, maxSockets: 16 })
    recipe = await startRecipe('examples/recipes/express/server.mts', { express })
  })
  afterAll(async () => {
    agent.destroy()
    await recipe?.stop()
  })

  let users = 0
  async function logIn(): Promise<string> {
    users++
    const data = { code: recipe.simulator.mintCode({ user: `user${users}` }) }
    return (await ask(`${recipe.url}/api/login`, { data })).body.token
  }

  /** Each one that was answered by a fault of the server’s. */
  async function faultsOf(requests: readonly BadRequest[]): Promise<string[]> {
    const faults: string[] = []
    for (let at = 0; at < requests.length; at += EACH) {
      const token = await logIn()
      const sender = {
        agent,
        port: Number(new URL(recipe.url).port),
        token,
        from: addressOf(users),
      }
      const sent = requests.slice(at, at + EACH).map(async bad => {
        const status = await sendBad(bad, sender)
        if (status === undefined || status < 500) return
        faults.push(
          `${status} ${bad.method} ${bad.path} ${JSON.stringify(bad.headers)} ${bad.body}`,
        )
      })
      await Promise.all(sent)
    }
    return faults
  }

  test('at every mounted route and behind every guard is no fault of the server’s, and does not end it', async () => {
    const requests = [...OURS, ...OF_HOST].flatMap(([method, path]) => badRequests(method, path))
    expect(requests.length).toBeGreaterThan(5000)
    expect(await faultsOf(requests)).toEqual([])
    expect(recipe.process.exitCode).toBeNull()
    const orders = await ask(`${recipe.url}/orders`, { token: await logIn() })
    expect(orders.body).toEqual({ of: expect.any(String) })
  })

  test('a client that goes away in the middle of a request does not end it', async () => {
    const token = await logIn()
    const port = Number(new URL(recipe.url).port)
    const paths = [...OURS, ...OF_HOST].map(([method, path]) => `${method} ${path}`)
    const gone = paths.flatMap(line =>
      ['{"code":', `{"code":"${recipe.simulator.mintCode()}"}`].map(body => {
        const length = line.startsWith('GET') ? 0 : Math.max(body.length, 20)
        const head = `${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
        return leave(port, length === 0 ? head : head + body)
      }),
    )
    await Promise.all(gone)
    const orders = await ask(`${recipe.url}/orders`, { token: await logIn() })
    expect(orders.status).toBe(200)
    expect(recipe.process.exitCode).toBeNull()
  })
})

/** Sends this, and breaks the connection without waiting for an answer. */
function leave(port: number, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.on('error', reject)
    socket.write(text, () => {
      socket.resetAndDestroy()
      resolve()
    })
  })
}

/** Of this machine, a new one for each sender. */
function addressOf(n: number): string {
  return `127.0.${1 + (n >> 7)}.${1 + (n & 127)}`
}

describe('an async handler that rejects', () => {
  const end = (express: string) => {
    const program = `
      const app = require('${express}')()
      app.get('/', async () => { throw new Error('bad data') })
      const server = app.listen(0, '127.0.0.1', async () => {
        const answer = await fetch('http://127.0.0.1:' + server.address().port)
        process.exit(answer.status === 500 ? 0 : 2)
      })`
    const { status } = spawnSync(process.execPath, ['-e', program], { timeout: 60_000 })
    return status
  }

  test('ends the process in Express 4, and is a 500 in Express 5: so docs/library.md says', () => {
    expect(end('express4')).toBe(1)
    expect(end('express')).toBe(0)
  })
})
