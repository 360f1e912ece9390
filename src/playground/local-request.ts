import type { IncomingMessage } from 'node:http'

const LOOPBACK_ADDRESS = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i
/** What a proxy adds: then the peer is this machine, and the person is not. */
const OF_PROXIES = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/**
 * Whether a person at this very machine asks. The name in `Host` is looked at too: a page of
 * somebody else's, whose name was made to lead to 127.0.0.1, has another one.
 */
export function isFromThisMachine(req: IncomingMessage): boolean {
  return (
    LOOPBACK_ADDRESS.test(req.socket.remoteAddress ?? '') &&
    LOOPBACK_HOST.test(req.headers.host ?? '') &&
    OF_PROXIES.every(name => req.headers[name] === undefined)
  )
}

/** Whether a page of another origin made the browser send the request. */
export function isFromAnotherPage({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  if (origin !== undefined && origin !== `http://${host}`) return true
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}
