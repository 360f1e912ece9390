import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** A WeChat that answers everybody 200 with these bytes. It runs until the test file ends. */
export async function startBytes(answer: () => Buffer): Promise<string> {
  const server = http.createServer((_req, res) => res.end(answer())).unref()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
