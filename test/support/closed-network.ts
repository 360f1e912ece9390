import net from 'node:net'

/** Tests talk to this machine only: a connection to anywhere else fails the test that tries. */
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const [first] = net._normalizeArgs(args)
  const host = first.host ?? 'localhost'
  const local = first.path !== undefined || /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)
  if (!local && !host.endsWith('.invalid')) throw new Error(`a test may not connect to ${host}`)
  return Reflect.apply(connect, this, args)
} as typeof connect

declare module 'node:net' {
  function _normalizeArgs(args: unknown[]): [{ host?: string; path?: string }, unknown]
}
