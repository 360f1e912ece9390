import type { IncomingMessage } from 'node:http'
import type { Log } from '../log'
import type { CloudUser } from '../login/cloud-sessions'
import { countHeader } from './read-request'

/** What the gateway says of a request, or why none of it is believed. */
export type CloudClaim =
  | { readonly user: CloudUser }
  /** For the log, in a word or two; undefined where the gateway says nothing of a user. */
  | { readonly user?: undefined; readonly reason: string | undefined }

export type ReadCloudUser = (req: IncomingMessage) => CloudClaim

export interface CloudUserOptions {
  /** The option: the env whose gateway is believed. Undefined: none is. */
  cloudRunEnv: string | undefined
  /** The configured mini programs. */
  appids: ReadonlySet<string>
  log: Pick<Log, 'warn'>
}

/** Every header of the gateway that is looked at. */
const NAMES = [
  ...['x-wx-env', 'x-wx-source', 'x-wx-openid', 'x-wx-appid', 'x-wx-unionid'],
  ...['x-wx-from-openid', 'x-wx-from-appid', 'x-wx-from-unionid'],
] as const
type Headers = Readonly<Record<(typeof NAMES)[number], string>>

const FIX =
  'whoever reaches this container past the gateway of WeChat Cloud Hosting can be anybody: switch public access (公网访问) off in its console, and let no other service of the env call it'

const ID = /^[\w-]{6,64}$/

/**
 * Reads who asks from the headers of WeChat Cloud Hosting's gateway. The headers carry no signature,
 * so each condition of docs/cloud-hosting.md is held, and one that fails makes all of them count for
 * nothing: a client may have sent them.
 *
 * Source: 开发/云服务/云托管/开发指引/容器内微信信息 of WeChat's documents.
 */
export function createReadCloudUser(options: CloudUserOptions): ReadCloudUser {
  const { cloudRunEnv, appids, log } = options
  if (cloudRunEnv === undefined) return () => ({ reason: undefined })
  log.warn('cloud_gateway_believed', { setting: 'CLOUD_RUN_ENV', fix: FIX })
  return req => {
    const headers = headersOf(req)
    const isNamed = headers['x-wx-openid'] !== '' || headers['x-wx-from-openid'] !== ''
    if (!isNamed) return { reason: undefined }
    if (NAMES.some(name => countHeader(req.rawHeaders, name) > 1)) return { reason: 'cloud_twice' }
    if (headers['x-wx-env'] !== cloudRunEnv) return { reason: 'cloud_env' }
    if (headers['x-wx-source'] === '') return { reason: 'cloud_source' }
    const named = userOf(headers)
    if (!named) return { reason: 'cloud_conflict' }
    const { appid, openid, unionid } = named
    if (!appids.has(appid)) return { reason: 'cloud_appid' }
    if (!ID.test(openid) || (unionid !== '' && !ID.test(unionid))) return { reason: 'cloud_form' }
    return { user: { appid, openid, ...(unionid !== '' && { unionid }) } }
  }
}

function headersOf({ headers }: IncomingMessage): Headers {
  return Object.fromEntries(NAMES.map(name => [name, String(headers[name] ?? '')])) as Headers
}

/**
 * Whom the headers name. Under resource sharing (资源复用) that is the `FROM` pair: the user of the
 * other app, which called. WeChat then sends no `X-WX-OPENID`, and the other app is never the one
 * that owns the env. So a pair that a client adds to a plain call is a conflict, and names nobody.
 */
function userOf(headers: Headers) {
  const appid = headers['x-wx-appid']
  const from = {
    appid: headers['x-wx-from-appid'],
    openid: headers['x-wx-from-openid'],
    unionid: headers['x-wx-from-unionid'],
  }
  const openid = headers['x-wx-openid']
  const isShared = Object.values(from).some(text => text !== '')
  if (!isShared) return { appid, openid, unionid: headers['x-wx-unionid'] }
  return openid === '' && from.openid !== '' && from.appid !== appid ? from : undefined
}

/**
 * Takes the headers off a request where nothing proves them: no handler after the guard may take what
 * a client made up for WeChat's word.
 */
export function hideWxHeaders(req: IncomingMessage): void {
  let isAny = false
  for (const name in req.headers) {
    if (!name.startsWith('x-wx-')) continue
    delete req.headers[name]
    isAny = true
  }
  if (!isAny) return
  const { rawHeaders } = req
  for (let i = rawHeaders.length - 2; i >= 0; i -= 2) {
    if (/^x-wx-/i.test(rawHeaders[i] as string)) rawHeaders.splice(i, 2)
  }
}
