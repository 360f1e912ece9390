import { isPlainHttp } from './base-url'
import type { Environment } from './read-variables'
import { unusedProxies } from './wx-proxy'

/** The values that the environment holds, before they are checked. */
type Given = Readonly<Record<string, unknown>>

/** The way to WeChat as it was asked for, before `env` is looked up. */
export interface ChosenWay {
  readonly wxApiBaseUrl: string
  readonly wxApiInsecure: 'on' | 'off'
  readonly wxProxy: string
}

/** For a `wxApiBaseUrl` of plain http that is not on this machine. */
export const PLAIN_HTTP =
  'WX_API_INSECURE is on and WeChat is asked by PLAIN HTTP: whoever is on the way reads the AppSecret and can answer as WeChat, and so log in as anybody'

/**
 * What an operator must hear about the way to WeChat at the start, each in a sentence.
 *
 * @param given what somebody set: an `off` that is meant is not warned of
 */
export function warningsOfWay(way: ChosenWay, given: Given, env: Environment): string[] {
  const isOffMeant = given.wxProxy === 'off'
  return [...warningsOfHttp(way), ...(isOffMeant ? [] : unusedProxies(way, env))]
}

function warningsOfHttp({ wxApiBaseUrl, wxApiInsecure }: ChosenWay): string[] {
  if (isPlainHttp(wxApiBaseUrl)) {
    return [PLAIN_HTTP]
  }
  if (wxApiBaseUrl.startsWith('http:')) {
    return ['WX_API_BASE_URL is not https: right for a simulator or a proxy on this machine only']
  }
  return wxApiInsecure === 'on' ? ['WX_API_INSECURE is on and not needed: leave it out'] : []
}

/** What was said about the way to WeChat and is not used, because the simulator answers. */
export function warningsOfSimulator(given: Given): string[] {
  const said = [
    ...(given.wxApiBaseUrl === undefined ? [] : ['WX_API_BASE_URL']),
    ...(given.wxProxy === undefined ? [] : ['WX_PROXY']),
  ]
  return said.map(name => `${name} is not used: without WX_APPID the simulator answers`)
}
