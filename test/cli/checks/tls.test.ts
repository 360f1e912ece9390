import { readFileSync } from 'node:fs'
import https from 'node:https'
import net from 'node:net'
import { checkTls } from '../../../src/cli/checks/tls'
import { createCertificates } from '../../support/certificates'
import { STRETCHED_WX_TIMEOUT_MS } from '../../support/patience'
import { temporaryFolder } from '../../support/temporary'
import { closeAll, freePort, later, listen } from '../../upstream/servers'

const timeoutMs = STRETCHED_WX_TIMEOUT_MS

afterEach(closeAll)

test('a certificate that nobody trusts is told apart from a way that is closed', async () => {
  const folder = temporaryFolder()
  later(folder.remove)
  const { cert, key } = createCertificates(folder.path, 'localhost')
  const files = { cert: readFileSync(cert), key: readFileSync(key) }
  const port = await listen(https.createServer(files))
  const untrusted = await checkTls({ host: 'localhost', port, timeoutMs })
  expect(untrusted).toMatchObject({
    ...{ name: 'tls', status: 'fail' },
    fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  })
  const closed = await freePort(net.createServer())
  expect(await checkTls({ host: '127.0.0.1', port: closed, timeoutMs })).toMatchObject({
    ...{ status: 'fail', found: expect.stringContaining('ECONNREFUSED') },
    fix: expect.stringContaining('WX_PROXY'),
  })
})

test('one that never answers the handshake is a failure after the time-out', async () => {
  const port = await listen(net.createServer(socket => later(() => socket.destroy())))
  const found = await checkTls({ host: '127.0.0.1', port, timeoutMs: 50 })
  expect(found).toMatchObject({ status: 'fail', found: expect.stringContaining('ETIMEDOUT') })
})

test('a tunnel that ends within the handshake is the proxy’s matter', async () => {
  const port = await listen(net.createServer(socket => socket.end()))
  const tunnel = net.connect(port, '127.0.0.1')
  const found = await checkTls({ host: 'platform.test', port: 443, timeoutMs }, tunnel)
  expect(found).toMatchObject({ status: 'fail', fix: expect.stringContaining('proxy’s log') })
})
