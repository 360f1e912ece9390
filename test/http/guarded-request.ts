import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequireLogin } from '../../src/http/require-login'
import type { Identity } from '../../src/login/identify'

/** A request that has passed the guard, of this user and from this address. */
export async function guardedRequest({ userId = 'u1', ip = '203.0.113.1' } = {}) {
  const req = { ip, headers: {}, rawHeaders: [] } as unknown as IncomingMessage
  const session = { userId, appid: 'wx1', openid: 'o1', unionid: null, id: 's1' }
  const identity = { session } as unknown as Identity
  const log = { info() {}, warn() {}, error() {} }
  const readToken = () => 'shown'
  const guard = createRequireLogin({ identify: async () => identity, readToken, log })
  await new Promise<void>(resolve => guard(req, {} as ServerResponse, () => resolve()))
  return req
}
