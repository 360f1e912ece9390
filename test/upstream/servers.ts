import type net from 'node:net'
import type { AddressInfo } from 'node:net'

const closing: (() => unknown)[] = []

/** Something to close at the end of the test. */
export function later(close: () => unknown): void {
  closing.push(close)
}

export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close()
}

/** Starts a server for one test. Resolves to its port. */
export async function listen(server: net.Server, port = 0): Promise<number> {
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  later(() => server.close())
  return (server.address() as AddressInfo).port
}

/** A port that nobody listens on. */
export async function freePort(server: net.Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
