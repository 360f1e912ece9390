import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

import { createAccessTokens, type KillOptions } from './access-tokens'
import { createAccounts, DEFAULT_USER, SIMULATOR_APP, type SimulatedUser } from './accounts'
import { type RecordedCall, readCall } from './call'
import { createCodes } from './codes'
import { answerControl, CONTROL_PREFIX } from './control'
import { answerCall } from './exchange'
import { createFaultQueue, type FaultOptions } from './fault-queue'
import type { Fault } from './faults'
import { createPhoneCodes, type PhoneGrant } from './phone-codes'

/** How the simulated WeChat is set up. */
export interface SimulatorOptions {
  /** appid -> AppSecret. The first is the default app. Default: {@link SIMULATOR_APP} alone. */
  apps?: Readonly<Record<string, string>>
  /** The clock, ms since 1970. Default: `Date.now`. */
  now?: () => number
  /**
   * What to do with a code that was never minted here. `refuse` (default): 40029. `adopt`: one that
   * looks real counts, at first sight, as a fresh code of the user `devtools`, so that a real mini
   * program in WeChat DevTools can log in.
   */
  unknownCodes?: 'refuse' | 'adopt'
  /** How long each answer of a WeChat path waits, ms. The code is spent before. Default 0. */
  latencyMs?: number
  /** How many calls are kept, the newest. Default 100,000. */
  maxCalls?: number
}

/** A WeChat of our own, over HTTP. */
export interface Simulator {
  /**
   * Starts to listen, by default on 127.0.0.1 and a free port.
   * @returns the base URL, without a slash at its end
   * @throws what node:net throws, e.g. EADDRINUSE
   */
  listen(options?: { port?: number; host?: string }): Promise<string>
  /** The base URL. @throws Error when it does not listen */
  readonly url: string
  /**
   * What wx.login gives the mini program: 32 random alphanumerics, good for one login within 5
   * minutes. Default: the first app and the user `alice`.
   * @throws TypeError when the app is unknown
   */
  mintCode(options?: { appid?: string; user?: string }): string
  /**
   * What the phone button gives the mini program: 64 hex characters, good for one call of
   * getuserphonenumber within 5 minutes. `phoneNumber` is without the country code, which is `86`
   * unless given. Default: the first app, the user `alice` and the number that the user has here.
   * @throws TypeError when the app is unknown
   */
  mintPhoneCode(options?: { appid?: string } & Partial<PhoneGrant>): string
  /**
   * WeChat revokes an app's access_tokens in the middle of their life: they are 40001 from now on.
   * `stable_token` gives a new one, or with `stillGiven` the dead one until a forced refresh.
   * @throws TypeError when the app is unknown
   */
  killAccessToken(appid?: string, options?: KillOptions): void
  /** An app's access_tokens have lived their two hours: 42001. @throws TypeError on an unknown app */
  expireAccessToken(appid?: string): void
  /** A user as an app (default: the first) sees them now. @throws TypeError on an unknown app */
  user(name: string, appid?: string): SimulatedUser
  /** Whether WeChat refuses this user's logins with 40226. `blocked` defaults to true. */
  blockUser(name: string, blocked?: boolean): void
  /**
   * Whether an app is bound to an Open Platform account, so that its logins carry a unionid.
   * Unbound at first. @throws TypeError when the app is unknown
   */
  setUnionidBound(appid: string, bound: boolean): void
  /**
   * The next calls of WeChat paths go wrong. Faults wait in line, each for its own calls.
   * @throws TypeError when the fault or an option is not one of those documented
   */
  fail(fault: Fault, options?: FaultOptions): void
  /** Every request to a WeChat path, in order of arrival, unredacted. A live view. */
  readonly calls: readonly RecordedCall[]
  /**
   * Forgets calls, faults, codes and how much of a quota is used. Users, their session keys,
   * blocks, bindings and access_tokens stay.
   */
  reset(): void
  /** Stops, and breaks every connection, hung ones too. */
  close(): Promise<void>
}

/** Longer than any client keeps an idle connection, so that only a fault makes one stale. */
const KEEP_ALIVE_MS = 120_000

/** Builds a simulator; nothing happens before `listen`. @throws TypeError on a bad option */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const {
    apps = { [SIMULATOR_APP.appid]: SIMULATOR_APP.secret },
    now = Date.now,
    unknownCodes = 'refuse',
    latencyMs = 0,
    maxCalls = 100_000,
  } = options
  if (unknownCodes !== 'refuse' && unknownCodes !== 'adopt') {
    throw new TypeError('"unknownCodes" must be "refuse" or "adopt"')
  }
  if (!(latencyMs >= 0)) throw new TypeError('"latencyMs" must be a number from 0')
  if (!(maxCalls >= 1)) throw new TypeError('"maxCalls" must be a number from 1')

  const accounts = createAccounts(apps)
  const adoptUnknown = unknownCodes === 'adopt'
  const codes = createCodes({ now, adoptUnknown })
  const phoneCodes = createPhoneCodes({ now, adoptUnknown })
  const accessTokens = createAccessTokens({ now })
  const faults = createFaultQueue()
  const calls: RecordedCall[] = []
  const sockets = new Map<Socket, { used: boolean }>()
  const wechat = { accounts, codes, phoneCodes, accessTokens, now }
  const exchange = { wechat, faults, latencyMs, url: () => url() }

  const known = (appid: string = accounts.defaultAppid): string => {
    if (accounts.hasApp(appid)) return appid
    throw new TypeError(`the simulator has no app "${appid}"`)
  }
  const url = (): string => {
    const address = server.address() as AddressInfo | null
    if (address === null) throw new Error('the simulator does not listen')
    return baseUrl(address)
  }
  const receive = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const connection = sockets.get(req.socket)
    const reused = connection?.used ?? false
    if (connection) connection.used = true
    const call = await readCall(req, now())
    if (call.path.startsWith(CONTROL_PREFIX)) return answerControl(call, res, simulator)
    calls.push(call)
    if (calls.length > maxCalls) calls.shift()
    answerCall(call, req, res, reused, exchange)
  }

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (req, res) => {
    // A caller that breaks off in the middle of its request needs no answer.
    receive(req, res).catch(() => req.socket.destroy())
  })
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, { used: false })
    socket.once('close', () => sockets.delete(socket))
  })

  const simulator: Simulator = {
    listen: ({ port = 0, host = '127.0.0.1' } = {}) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve(url())
        })
      }),
    get url() {
      return url()
    },
    mintCode: ({ appid, user = DEFAULT_USER } = {}) => codes.mint(known(appid), user),
    mintPhoneCode: ({ appid, user = DEFAULT_USER, ...number } = {}) =>
      phoneCodes.mint(known(appid), { user, ...number }),
    killAccessToken: (appid, how) => accessTokens.kill(known(appid), how),
    expireAccessToken: appid => accessTokens.expire(known(appid)),
    user: (name, appid) => accounts.user(name, known(appid)),
    blockUser: (name, blocked = true) => accounts.setBlocked(name, blocked),
    setUnionidBound: (appid, bound) => accounts.setUnionidBound(known(appid), bound),
    fail: (fault, when) => faults.add(fault, when),
    calls,
    reset() {
      calls.length = 0
      faults.forget()
      codes.forget()
      phoneCodes.forget()
      accessTokens.forgetQuotas()
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets.keys()) socket.destroy()
      }),
  }
  return simulator
}

/** A client cannot connect to "every address", so the wildcards become the loopback. */
function baseUrl({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0') return `http://127.0.0.1:${port}`
  if (address === '::') return `http://[::1]:${port}`
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`
}
