import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

import { DEFAULT_USER, SIMULATOR_APP } from './accounts'
import { type RecordedCall, readCall } from './call'
import { answerControl, CONTROL_PREFIX } from './control'
import { ENDPOINTS } from './endpoints'
import { answerCall } from './exchange'
import { createFaultQueue } from './fault-queue'
import { phoneNumber, userInfo } from './open-data'
import type { Simulator, SimulatorOptions } from './simulator'
import { createWeChat } from './wechat'

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

  const wechat = createWeChat({ apps, now, adoptUnknown: unknownCodes === 'adopt' })
  const { accounts, codes, phoneCodes, accessTokens, sessionKeyResets } = wechat
  const faults = createFaultQueue()
  const calls: RecordedCall[] = []
  const counts = new Map<string, number>()
  const sockets = new Map<Socket, { used: boolean }>()
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
    if (ENDPOINTS.has(call.path)) counts.set(call.path, (counts.get(call.path) ?? 0) + 1)
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
    setUnionidBound: (appid, bound, platform) =>
      accounts.setUnionidBound(known(appid), bound, platform),
    setSecrets: (appid, secrets) => accounts.setSecrets(known(appid), secrets),
    rotateSessionKey: (name, appid) => accounts.rotateSessionKey(name, known(appid)),
    expireSessionKey: (name, appid) => accounts.expireSessionKey(name, known(appid)),
    encryptUserInfo: (options = {}) => userInfo(wechat, known(options.appid), options),
    encryptPhoneNumber: (options = {}) => phoneNumber(wechat, known(options.appid), options),
    fail: (fault, when) => faults.add(fault, when),
    get counts() {
      return Object.fromEntries(counts)
    },
    calls,
    reset() {
      calls.length = 0
      counts.clear()
      faults.forget()
      codes.forget()
      phoneCodes.forget()
      accessTokens.forgetQuotas()
      sessionKeyResets.forget()
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
