import { createSimulator, SIMULATOR_APP } from '../../src/simulator/index'
import { createRecorder } from './recorder'
import { closeAll, startWx } from './start-wx'

const { appid, secret } = SIMULATOR_APP

/** Who asks, and for which app. */
export const asking = { appid, origin: { requestId: 'r-1' } }

/**
 * The simulator and a recorder for all tests of a file, as new for each, and what tests of an API
 * that works on a user's session_key begin with.
 */
export function useSimulator() {
  const simulator = createSimulator()
  const recorder = createRecorder()
  beforeAll(() => simulator.listen())
  afterEach(closeAll)
  afterAll(() => simulator.close())
  beforeEach(() => {
    simulator.reset()
    recorder.forget()
  })

  function wxAt(baseUrl: string) {
    const { events, log } = recorder
    return startWx({ baseUrl, apps: new Map([[appid, [secret]]]), now: Date.now, events, log })
  }

  async function loggedIn() {
    const wx = wxAt(simulator.url)
    const { openid, sessionKey } = await wx.exchangeCode(simulator.mintCode(), asking)
    return { wx, sessionKey, user: { ...asking, openid } }
  }

  return { simulator, recorder, wxAt, loggedIn }
}
