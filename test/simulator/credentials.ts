import { createHmac } from 'node:crypto'
import { SIMULATOR_APP, type Simulator } from '../../src/simulator/index'
import { Clock } from '../support/clock'
import { type Ask, ask, login, start } from './ask'

export const OTHER_APP = { appid: 'wx1111111111111111', secret: 'other-secret' }
export const TWO_APPS = {
  [SIMULATOR_APP.appid]: SIMULATOR_APP.secret,
  [OTHER_APP.appid]: OTHER_APP.secret,
}

export type Json = Record<string, unknown>

/** A simulator of two apps whose clock stands still. */
export async function startWithClock() {
  const clock = new Clock()
  return { clock, simulator: await start({ now: clock.now, apps: TWO_APPS }) }
}

/** The same, with a good access_token of the first app. */
export async function startWithToken() {
  const { clock, simulator } = await startWithClock()
  return { clock, simulator, token: await accessToken(simulator) }
}

/** A simulator where alice has logged in; `claim` is what proves that one has a session_key. */
export async function startLoggedIn() {
  const simulator = await start({ apps: TWO_APPS })
  const token = await accessToken(simulator)
  const { openid, session_key: sessionKey } = await login(simulator, simulator.mintCode())
  const claim = (key: unknown) => ({
    access_token: token,
    openid: String(openid),
    signature: signatureOf(key),
  })
  return { simulator, token, sessionKey: String(sessionKey), claim }
}

export async function json(url: string, options?: Ask): Promise<Json> {
  return JSON.parse((await ask(url, options)).body.toString()) as Json
}

export function post(url: string, body: Json | string): Promise<Json> {
  return json(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** The JSON of `POST /cgi-bin/stable_token`. */
export function stableToken(simulator: Simulator, changes: Json = {}): Promise<Json> {
  return post(`${simulator.url}/cgi-bin/stable_token`, {
    grant_type: 'client_credential',
    ...SIMULATOR_APP,
    ...changes,
  })
}

/** The JSON of `GET /cgi-bin/token`. */
export function plainToken(simulator: Simulator, changes: Record<string, string> = {}) {
  const query = new URLSearchParams({
    grant_type: 'client_credential',
    ...SIMULATOR_APP,
    ...changes,
  })
  return json(`${simulator.url}/cgi-bin/token?${query}`)
}

/** An access_token that is good. */
export async function accessToken(simulator: Simulator, app: Json = {}): Promise<string> {
  return String((await stableToken(simulator, app)).access_token)
}

/** The JSON of `POST /wxa/business/getuserphonenumber`. */
export function phoneNumber(simulator: Simulator, token: string, body: Json): Promise<Json> {
  const query = new URLSearchParams({ access_token: token })
  return post(`${simulator.url}/wxa/business/getuserphonenumber?${query}`, body)
}

/** Why a token opens nothing, or `undefined` if it is good: an unknown code comes after the token. */
export async function refusalOf(simulator: Simulator, token: unknown): Promise<unknown> {
  const { errcode } = await phoneNumber(simulator, String(token), { code: 'unknown' })
  return errcode === 40029 ? undefined : errcode
}

/** The signature of checksession, made by hand: the key is the text of the session_key. */
export function signatureOf(sessionKey: unknown): string {
  return createHmac('sha256', String(sessionKey)).update('').digest('hex')
}

/** The JSON of a session_key API; `undefined` leaves a parameter out. */
export function sessionKeyCall(
  simulator: Simulator,
  api: 'checksession' | 'resetusersessionkey',
  parameters: Record<string, string | undefined>,
): Promise<Json> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ sig_method: 'hmac_sha256', ...parameters })) {
    if (value !== undefined) query.append(name, value)
  }
  return json(`${simulator.url}/wxa/${api}?${query}`)
}
