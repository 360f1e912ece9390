import { createLogin } from './app/app'
import type { Login } from './app/login'
import type { LoginOptions } from './config/code-options'
import { createSimulator, SIMULATOR_APP, type Simulator } from './simulator/index'
import { randomBytes } from './token/random'

export type { Login, Simulator }

/** As those of `createLogin`. What is left out is ready: secrets, a memory store, the simulator. */
export type TestLoginOptions = Partial<LoginOptions>

/** Who logs in, and what WeChat tells of them. */
export interface TestUser {
  /** Default: the first app. */
  readonly appid?: string | undefined
  /** Whether the app is bound to an Open Platform account, so that the login brings a unionid. */
  readonly unionid?: boolean | undefined
  /** A phone number that the user has shared: 11 digits. Default: none was. */
  readonly phone?: string | undefined
}

export interface TestLogin {
  readonly login: Login
  /** WeChat itself: mint codes, break it, count its calls. */
  readonly simulator: Simulator
  /** Logs a user in by a code of the simulator's. One name is one user. */
  loginAs(
    name: string,
    user?: TestUser,
  ): Promise<{ readonly token: string; readonly userId: string; readonly openid: string }>
  /** Releases everything. A test process ends without it, too. */
  close(): Promise<void>
}

const QUIET = { info() {}, warn() {}, error() {} }

/**
 * A login service for tests of a host's own app: real tokens, a memory store, and a WeChat on this
 * machine. Nothing of it keeps a process alive, and nothing is counted by address.
 *
 * @throws ConfigError as `createLogin` does
 */
export async function createTestLogin(options: TestLoginOptions = {}): Promise<TestLogin> {
  const { apps = { [SIMULATOR_APP.appid]: SIMULATOR_APP.secret } } = options
  const simulator = createSimulator({ apps })
  const wxApiBaseUrl = await simulator.listen({ keepsAlive: false })
  const ready = {
    ...{ apps, wxApiBaseUrl, log: QUIET, rateLimit: 'off' as const, database: 'memory:' },
    jwtSecret: randomBytes(48).toString('base64'),
  }
  const login = await createLogin({ ...ready, ...options }).catch(async (error: unknown) => {
    await simulator.close()
    throw error
  })
  // Whether there is a unionid is a state of the simulator's: calls at one time would mix it up.
  const inTurn = createTurns()
  return {
    login,
    simulator,
    loginAs: (name, { appid, unionid = false, phone } = {}) =>
      inTurn(async () => {
        const [first = ''] = Object.keys(apps)
        simulator.setUnionidBound(appid ?? first, unionid)
        const code = simulator.mintCode({ user: name, ...(appid !== undefined && { appid }) })
        const { token, userId } = await login.logIn({ code, appid })
        const owner = await login.authenticate(token)
        if (phone !== undefined) {
          const whose = { user: name, appid: owner.appid, phoneNumber: phone }
          await login.phone(owner, simulator.mintPhoneCode(whose))
        }
        return { token, userId, openid: owner.openid }
      }),
    async close() {
      await login.close()
      await simulator.close()
    },
  }
}

/** Does one piece of work after the other, whether or not the one before failed. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}
