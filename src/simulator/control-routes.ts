import { DEFAULT_USER } from './accounts'
import { redact } from './call'
import type { Fault } from './faults'
import type { Simulator } from './simulator'

type Body = Readonly<Record<string, unknown>>
type Route = (body: Body, simulator: Simulator) => unknown

const APP = { appid: 'string' } as const
const APP_AND_USER = { ...APP, user: 'string' } as const
const NUMBER = { phoneNumber: 'string', countryCode: 'string' } as const
const OPEN_DATA = { ...APP_AND_USER, keysAgo: 'number', watermark: 'object' } as const

/** What a program in another language may do with the simulator. */
export const CONTROL_ROUTES: Readonly<Record<string, Route>> = {
  'POST /simulator/codes': (body, simulator) => ({
    code: simulator.mintCode(read(body, APP_AND_USER)),
  }),
  'POST /simulator/phone-codes': (body, simulator) => ({
    code: simulator.mintPhoneCode(read(body, { ...APP_AND_USER, ...NUMBER })),
  }),
  'POST /simulator/user-info': (body, simulator) =>
    simulator.encryptUserInfo(read(body, { ...OPEN_DATA, profile: 'boolean', fields: 'object' })),
  'POST /simulator/phone-number': (body, simulator) =>
    simulator.encryptPhoneNumber(read(body, { ...OPEN_DATA, ...NUMBER })),
  'POST /simulator/access-tokens/kill': doing((body, simulator) => {
    const { appid, ...how } = read(body, { ...APP, stillGiven: 'boolean' })
    simulator.killAccessToken(appid, how)
  }),
  'POST /simulator/access-tokens/expire': doing((body, simulator) =>
    simulator.expireAccessToken(read(body, APP).appid),
  ),
  'POST /simulator/session-keys/rotate': doing((body, simulator) => {
    const { user = DEFAULT_USER, appid } = read(body, APP_AND_USER)
    simulator.rotateSessionKey(user, appid)
  }),
  'POST /simulator/session-keys/expire': doing((body, simulator) => {
    const { user = DEFAULT_USER, appid } = read(body, APP_AND_USER)
    simulator.expireSessionKey(user, appid)
  }),
  'POST /simulator/secrets': doing(({ secrets, ...rest }, simulator) => {
    // `setSecrets` checks them.
    simulator.setSecrets(need('appid', read(rest, APP).appid), secrets as string[])
  }),
  'POST /simulator/unionid': doing((body, simulator) => {
    const asked = read(body, { ...APP, bound: 'boolean', platform: 'string' })
    const { appid, bound = true, platform } = asked
    simulator.setUnionidBound(need('appid', appid), bound, platform)
  }),
  'POST /simulator/blocks': doing((body, simulator) => {
    const { user, blocked } = read(body, { user: 'string', blocked: 'boolean' })
    simulator.blockUser(need('user', user), blocked)
  }),
  'GET /simulator/calls': (_body, simulator) => ({ calls: simulator.calls.map(redact) }),
  'GET /simulator/counts': (_body, simulator) => ({ counts: simulator.counts }),
  'POST /simulator/faults': doing(({ times, path, ...fault }, simulator) => {
    // `fail` checks what it is given; JSON has no Infinity, so the word stands for it.
    simulator.fail(fault as unknown as Fault, {
      ...(times !== undefined && { times: times === 'Infinity' ? Infinity : (times as number) }),
      ...(path !== undefined && { path: path as string }),
    })
  }),
  'POST /simulator/reset': doing((_body, simulator) => simulator.reset()),
}

interface Kinds {
  readonly string: string
  readonly number: number
  readonly boolean: boolean
  readonly object: Body
}
type Read<Shape extends Readonly<Record<string, keyof Kinds>>> = {
  -readonly [Name in keyof Shape]?: Kinds[Shape[Name]]
}

/** The fields that a route knows. @throws TypeError on any other, and on one of another type */
function read<Shape extends Readonly<Record<string, keyof Kinds>>>(
  body: Body,
  shape: Shape,
): Read<Shape> {
  for (const [name, value] of Object.entries(body)) {
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (kind === undefined) throw new TypeError(`"${name}" is not known here`)
    const isPlain = value !== null && !Array.isArray(value)
    if (!isPlain || typeof value !== kind) throw new TypeError(`"${name}" must be a ${kind}`)
  }
  return body as Read<Shape>
}

function need<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new TypeError(`"${name}" is missing`)
  return value
}

/** A route that has nothing to tell. */
function doing(act: (body: Body, simulator: Simulator) => void): Route {
  return (body, simulator) => {
    act(body, simulator)
    return { ok: true }
  }
}
