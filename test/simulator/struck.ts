import type { TransportFault } from '../../src/simulator/index'
import { ask, loginUrl, type Reply, start } from './ask'

/** The answer to a login of alice that the fault struck. */
export async function struck(
  transport: TransportFault,
): Promise<Reply & { text: string; json: unknown }> {
  const simulator = await start()
  simulator.setUnionidBound('wx0000000000000000', true)
  simulator.fail({ transport })
  const reply = await ask(loginUrl(simulator, simulator.mintCode()))
  expect(simulator.calls[0]?.fault).toEqual({ transport })
  expect(reply.headers['content-length']).toBe(String(reply.body.length))
  const text = reply.body.toString()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {}
  return { ...reply, text, json }
}

/** What that login would have answered. */
export const FIELDS = {
  openid: expect.stringMatching(/^oSIM/),
  session_key: expect.any(String),
  unionid: expect.stringMatching(/^oSIM/),
}
