import { once } from 'node:events'
import { createServer } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { checkServer } from '../../../src/cli/checks/server'
import type { ServerConfig } from '../../../src/config/read-environment'
import { freePort } from '../../support/databases'

const check = (port: number, host?: string) =>
  checkServer({ server: { port, host } } as unknown as ServerConfig)

async function answering(status: number) {
  const server = createServer((_req, res) => void res.writeHead(status).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

test.each([
  [200, 'ok'],
  [503, 'fail'],
])('a server whose /readyz is %d is %s', async (status, found) => {
  const server = await answering(status)
  expect(await check(server.port)).toMatchObject({ name: 'server', status: found })
  server.close()
})

test('that none runs is no failure', async () => {
  const found = await check(await freePort(), '0.0.0.0')
  expect(found).toMatchObject({ status: 'ok', found: expect.stringContaining('none is running') })
})

test('a port that another program has is told', async () => {
  const server = net.createServer(socket => void socket.end('hello\n')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  expect(await check((server.address() as AddressInfo).port)).toMatchObject({ status: 'warn' })
  server.close()
})
