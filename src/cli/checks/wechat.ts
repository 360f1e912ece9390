import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Config } from '../../config/config'
import type { ServerConfig } from '../../config/read-environment'
import { upstreamOptionsOf } from '../../config/upstream-options'
import { LoginError } from '../../errors'
import { PATIENCE } from '../../patience'
import { createUpstreamClient } from '../../upstream/client'
import { startDeadline } from '../../upstream/deadline'
import { Unreachable } from '../../upstream/unreachable'
import { MEANINGS } from '../../wx/errcode'
import { createStableToken } from '../../wx/stable-token'
import { GUIDES } from '../error-guide'
import { type Check, fail, ok, warn } from './check'
import { type Clock, checkClock } from './clock'
import { checkProxy } from './proxy'
import { checkTls } from './tls'

/**
 * The way to WeChat, step by step, and whether it takes the AppSecrets. It is asked for the
 * access_token that everybody gets: no code is spent, and nobody's access_token ends by that.
 */
export async function checkWechat({ login, isSimulated }: ServerConfig): Promise<Check[]> {
  if (isSimulated) {
    return [
      warn(
        'wechat',
        '没有填凭据：内置模拟器代替微信 · no credentials: the built-in simulator stands in',
        '填 WX_APPID 与 WX_SECRET · set WX_APPID and WX_SECRET',
      ),
    ]
  }
  const way = login.wxProxy === 'off' ? await checkDirectWay(login) : await checkProxy(login)
  return [...way, ...(await checkCredentials(login))]
}

async function checkDirectWay({ wxApiBaseUrl, wxTimeoutMs }: Config): Promise<Check[]> {
  const { hostname, port, protocol } = new URL(wxApiBaseUrl)
  const host = hostname.replace(/^\[|\]$/g, '')
  const named = isIP(host) ? [] : [await checkName(host)]
  if (named.some(({ status }) => status === 'fail')) return named
  if (protocol !== 'https:') return [...named, ok('tls', '不用 TLS（http）· no TLS (http)')]
  return [...named, await checkTls({ host, port: Number(port || 443), timeoutMs: wxTimeoutMs })]
}

async function checkName(host: string): Promise<Check> {
  try {
    const found = await lookup(host, { all: true })
    return ok('dns', `${host}: ${found.map(({ address }) => address).join(', ')}`)
  } catch (error) {
    return fail(
      'dns',
      `${host}: ${(error as NodeJS.ErrnoException).code}`,
      '查 /etc/resolv.conf 与容器的 DNS；只能经代理出网的话设 WX_PROXY · see /etc/resolv.conf and the container’s DNS; where only a proxy leads out, set WX_PROXY',
    )
  }
}

/** Every AppSecret by itself: around a reset the previous one is not needed any more, or the only one. */
async function checkCredentials(config: Config): Promise<Check[]> {
  let clock: Clock | undefined
  const client = createUpstreamClient({
    ...upstreamOptionsOf(config),
    patience: PATIENCE,
    onAnswer: ({ headers }) => {
      clock ??= { date: headers.date, at: Date.now() }
    },
  })
  try {
    const checks: Check[] = []
    for (const [appid, secrets] of config.apps) {
      for (const [place, secret] of secrets.entries()) {
        const which = place === 0 ? '' : '（旧的 previous）'
        checks.push(await checkSecret(client, { appid, secret, name: `${appid}${which}` }))
      }
    }
    return [...checks, ...(clock ? [checkClock(clock)] : [])]
  } finally {
    client.close()
  }
}

async function checkSecret(
  client: ReturnType<typeof createUpstreamClient>,
  { appid, secret, name }: { appid: string; secret: string; name: string },
): Promise<Check> {
  const ask = createStableToken({
    client,
    secrets: { use: (_asking, call) => call(secret, startDeadline(client.timeoutMs)) },
    tellFailures: (_call, work) => work(),
    now: Date.now,
  })
  try {
    await ask({ appid, origin: {} })
    return ok('credentials', `${name}: 微信接受 AppSecret · WeChat takes the AppSecret`)
  } catch (error) {
    return refused(name, error)
  }
}

const SEE_ABOVE =
  '看上面的 dns、proxy、tls；都好就是微信自身的问题，会自行恢复 · see dns, proxy and tls above; where they are well it is WeChat’s own trouble, which passes by itself'

function refused(name: string, error: unknown): Check {
  if (error instanceof Unreachable) {
    const found = `${name}: 没问到微信（${error.reason}）· WeChat was not reached (${error.reason})`
    return fail('credentials', found, SEE_ABOVE)
  }
  if (!(error instanceof LoginError)) throw error
  const errcode = error.wxErrcode
  const meaning = errcode === undefined ? undefined : MEANINGS[errcode]
  const words = meaning?.means ?? { zh: error.body('').message, en: error.message }
  const guide = meaning?.fix ?? GUIDES[error.code]?.todo
  return fail(
    'credentials',
    `${name}: ${errcode ?? error.reason}：${words.zh} · ${words.en}`,
    guide ? `${guide.zh} · ${guide.en}` : 'miniprogram-login explain',
  )
}
