import { createServer } from 'node:http'
import { ConfigError } from '../../src/config/config-error'
import { listen } from '../../src/server/listen'

test('it resolves to the port that the system chose', async () => {
  const server = createServer()
  const port = await listen(server, { port: 0, host: '127.0.0.1' })
  expect(server.address()).toMatchObject({ address: '127.0.0.1', port })
  server.close()
})

test('a port that is taken is a problem of PORT, in words', async () => {
  const first = createServer()
  const port = await listen(first, { port: 0, host: '127.0.0.1' })
  const second = listen(createServer(), { port, host: '127.0.0.1' })
  await expect(second).rejects.toBeInstanceOf(ConfigError)
  await expect(second).rejects.toThrow(/PORT: the port is taken/)
  first.close()
})

test('an address that is another machine’s is a problem of HOST', async () => {
  const elsewhere = listen(createServer(), { port: 0, host: '192.0.2.1' })
  await expect(elsewhere).rejects.toThrow(/HOST: this machine has no such address/)
})
