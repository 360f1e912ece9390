import net from 'node:net'
import { openTunnel, proxyOf } from '../../src/upstream/open-tunnel'
import { startConnectProxy } from './connect-proxy'
import { closeAll, freePort, later, listen } from './servers'

afterEach(closeAll)

const open = (port: number, credentials = '') =>
  openTunnel(proxyOf(`http://${credentials}127.0.0.1:${port}`), {
    host: 'platform.test',
    port: 443,
  })

test('a tunnel leads to the platform, and the credentials are sent decoded', async () => {
  const platform = net.createServer(socket => socket.pipe(socket))
  const proxy = await startConnectProxy(await listen(platform))
  const socket = await open(proxy.port, 'ann:p%40ss@').tunnel
  later(() => socket.destroy())
  socket.write('hello')
  const heard = await new Promise(resolve => socket.once('data', resolve))
  expect(String(heard)).toBe('hello')
  const credentials = `Basic ${Buffer.from('ann:p@ss').toString('base64')}`
  expect(proxy.asked).toEqual([{ target: 'platform.test:443', credentials }])
})

test('a refusal, a proxy that is not there, and one that is given up each have a code', async () => {
  const proxy = await startConnectProxy(1)
  proxy.refusals.push(407, 'hang')
  await expect(open(proxy.port).tunnel).rejects.toMatchObject({ code: 'PROXY_407' })
  const nobody = await freePort(net.createServer())
  await expect(open(nobody).tunnel).rejects.toMatchObject({ code: 'PROXY_ECONNREFUSED' })
  const { tunnel, giveUp } = open(proxy.port)
  const ended = expect(tunnel).rejects.toMatchObject({ code: 'PROXY_ECONNRESET' })
  giveUp()
  await ended
})

test('an address of IPv6 stands in brackets in the question, and without them in the connection', async () => {
  const proxy = await startConnectProxy(1)
  proxy.refusals.push(403)
  const opening = openTunnel(proxyOf(`http://127.0.0.1:${proxy.port}`), { host: '::1', port: 443 })
  await expect(opening.tunnel).rejects.toMatchObject({ code: 'PROXY_403' })
  expect(proxy.asked[0]?.target).toBe('[::1]:443')
  expect(proxyOf('http://[::1]:3128')).toMatchObject({ host: '::1', port: '3128' })
})
