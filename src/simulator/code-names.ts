import { DEFAULT_USER } from './accounts'
import { type Fault, isTransportFault } from './faults'

/*
 * An extension that WeChat does not have: codes that say what they want, for people who have
 * nothing but curl. Real codes are alphanumeric, so none of them can be taken for one of these.
 *
 *   sim-<user>-<anything>             a fresh code of <user> (letters, digits, _); single use
 *   sim-errcode-<n>-<anything>        refused with errcode n, each time
 *   sim-fault-<transport>-<anything>  that transport fault, each time; the login is the default user's
 */
const USER_CODE = /^sim-([A-Za-z0-9_]+)-./
const ERRCODE_CODE = /^sim-errcode-(-?\d{1,9})-./
const FAULT_CODE = /^sim-fault-([a-z0-9]+)-./

/** Whose login the code names, or `undefined` if it names none. */
export function userOfCode(code: string): string | undefined {
  const user = USER_CODE.exec(code)?.[1]
  if (user === 'errcode') return undefined
  if (user === 'fault') return faultOfCode(code) ? DEFAULT_USER : undefined
  return user
}

/** The fault that the code asks for, if it asks for one. */
export function faultOfCode(code: string): Fault | undefined {
  const errcode = ERRCODE_CODE.exec(code)?.[1]
  if (errcode !== undefined) return { errcode: Number(errcode) }
  const transport = FAULT_CODE.exec(code)?.[1]
  return transport !== undefined && isTransportFault(transport) ? { transport } : undefined
}
