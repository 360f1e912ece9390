import { WebSocket } from 'ws'
import { ask, type Recipe, startRecipe } from '../../support/recipe'

describe('examples/recipes/websocket', () => {
  let recipe: Recipe
  beforeAll(async () => {
    recipe = await startRecipe('examples/recipes/websocket/server.mts')
  })
  afterAll(() => recipe?.stop())

  const logIn = async (user: string): Promise<string> => {
    const data = { code: recipe.simulator.mintCode({ user }) }
    return (await ask(`${recipe.url}/api/login`, { data })).body.token
  }
  const opened = async (token: string): Promise<WebSocket> => {
    const socket = connect(token)
    await once(socket, 'open')
    return socket
  }
  /** As wx.connectSocket does, which may send headers. */
  const connect = (token: string) => {
    const headers = { Authorization: `Bearer ${token}` }
    return new WebSocket(recipe.url.replace('http', 'ws'), { headers })
  }
  const once = (socket: WebSocket, event: string): Promise<unknown[]> =>
    new Promise((resolve, reject) => {
      if (event !== 'error') socket.once('error', reject)
      socket.once(event, (...said) => resolve(said))
    })

  test('a token opens a socket, which knows who speaks', async () => {
    const socket = await opened(await logIn('ann'))
    socket.send('hello')
    const [message] = await once(socket, 'message')
    expect(JSON.parse(String(message))).toEqual({ of: expect.any(String), said: 'hello' })
    socket.terminate()
  })

  test('log-out closes the sockets of that session, and leaves those of others open', async () => {
    const token = await logIn('ann')
    const sockets = [await opened(token), await opened(token)]
    const other = await opened(await logIn('bob'))
    const closed = sockets.map(socket => once(socket, 'close'))
    await ask(`${recipe.url}/api/logout`, { token, data: {} })
    for (const [code, reason] of await Promise.all(closed)) {
      expect([code, String(reason)]).toEqual([4401, 'session_ended'])
    }
    other.send('still here')
    await once(other, 'message')
    other.terminate()
  })

  test.each(['', 'undefined', 'a.b.c'])('the token %j gets 401 and no socket', async token => {
    const [error] = await once(connect(token), 'error')
    expect(String(error)).toMatch(/401/)
  })

  test('a client that sends no WebSocket, or goes away, does not end the program', async () => {
    const socket = await opened(await logIn('ann'))
    socket.terminate()
    await ask(recipe.url, { headers: { Connection: 'close' } })
    expect(await logIn('ann')).toEqual(expect.any(String))
    expect(recipe.process.exitCode).toBeNull()
  })
})
