import { type Fault, isTransportFault } from './faults'
import { DEFAULT_USER } from './users'

/*
 * Codes that say what they want, for people who have only curl. WeChat does not have them. Real
 * codes are alphanumeric, so no real code looks like one of these. Login codes begin with `sim-`,
 * codes of the phone button with `simphone-`.
 *
 *   sim-<user>-<anything>             a fresh code of <user> (letters, digits, _); good once
 *   sim-errcode-<n>-<anything>        refused with errcode n, each time
 *   sim-fault-<transport>-<anything>  that transport fault, each time; the user is the default one
 */
const NAMED = /^(sim|simphone)-(.+)/s
const USER = /^([A-Za-z0-9_]+)-./
const ERRCODE = /^errcode-(-?\d{1,9})-./
const FAULT = /^fault-([a-z0-9]+)-./

/** Whose login the code names, or `undefined` if it names none. */
export function userOfCode(code: string): string | undefined {
  const { kind, wish } = read(code)
  return kind === 'sim' ? userIn(wish) : undefined
}

/** Whose telephone number the code names, or `undefined` if it names none. */
export function userOfPhoneCode(code: string): string | undefined {
  const { kind, wish } = read(code)
  return kind === 'simphone' ? userIn(wish) : undefined
}

/** The fault that the code asks for, if it asks for one. */
export function faultOfCode(code: string): Fault | undefined {
  return faultIn(read(code).wish)
}

/** The part behind the prefix. It is empty if the code is none of these. */
function read(code: string): { kind: string | undefined; wish: string } {
  const [, kind, wish = ''] = NAMED.exec(code) ?? []
  return { kind, wish }
}

/** A code that names an errcode is nobody's: every use of it is refused. */
function userIn(wish: string): string | undefined {
  const user = USER.exec(wish)?.[1]
  if (user === 'errcode') return undefined
  if (user === 'fault') return faultIn(wish) ? DEFAULT_USER : undefined
  return user
}

function faultIn(wish: string): Fault | undefined {
  const errcode = ERRCODE.exec(wish)?.[1]
  if (errcode !== undefined) return { errcode: Number(errcode) }
  const transport = FAULT.exec(wish)?.[1]
  return transport !== undefined && isTransportFault(transport) ? { transport } : undefined
}
