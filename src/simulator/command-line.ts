import { parseArgs } from 'node:util'
import { type Apps, SIMULATOR_APP } from './wechat/apps'

export const USAGE = `Usage: wechat-simulator [options]
       miniprogram-login simulator [options]

A WeChat of our own, for development and tests. It answers the APIs of
login, access_token, telephone number and session_key: docs/simulator.md lists them.

  --port <n>            port to listen on (default 4000, or the next free one; 0 = any free one)
  --host <address>      address to listen on (default 127.0.0.1: this machine only)
  --app <appid:secret>  an app, repeatable (default: the fake app ${SIMULATOR_APP.appid});
                        the same appid twice: both secrets are valid
  --adopt               accept real-looking codes that were not minted here (WeChat DevTools)
  --tls <folder>        speak https, with a certificate that is made in this folder by
                        the program openssl, and used again if it is there
  --help                this text
`

/** What the command line asks for. */
export interface CommandLine {
  /** Undefined: the usual one, or the next free one. */
  readonly port: number | undefined
  readonly host: string
  readonly apps: Apps | undefined
  readonly adopt: boolean
  /** The folder of the certificate; undefined: http. */
  readonly tls: string | undefined
  readonly help: boolean
}

/** @throws Error with a text for the person at the keyboard; it never repeats a secret */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      app: { type: 'string', multiple: true },
      adopt: { type: 'boolean', default: false },
      tls: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { host, adopt, help, tls } = values
  const port = values.port === undefined ? undefined : readPort(values.port)
  const apps = values.app && gatherSecrets(values.app.map(splitApp))
  return { port, host, apps, adopt, tls, help }
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text)
  throw new Error(`--port must be a number from 0 to 65535, not "${text}"`)
}

function splitApp(app: string): [appid: string, secret: string] {
  const [appid = '', ...rest] = app.split(':')
  const secret = rest.join(':')
  if (appid === '' || secret === '') throw new Error('--app must look like appid:secret')
  return [appid, secret]
}

function gatherSecrets(pairs: readonly (readonly [appid: string, secret: string])[]): Apps {
  const apps: Record<string, string[]> = {}
  for (const [appid, secret] of pairs) apps[appid] = [...(apps[appid] ?? []), secret]
  return apps
}

/** What a person needs after the start: the address, the lines for `.env`, the first calls. */
export function greeting(url: string, apps: Apps | undefined, certificate?: string): string {
  const appid = apps ? (Object.keys(apps)[0] ?? '') : SIMULATOR_APP.appid
  const secret = apps ? '<the secret you gave with --app>' : SIMULATOR_APP.secret
  const query = `appid=${appid}&secret=${apps ? '$WX_SECRET' : secret}`
  return `WeChat simulator (not WeChat: for development and tests) at ${url}

Lines for .env:
  WX_API_BASE_URL=${url}
  WX_APPID=${appid}
  WX_SECRET=${secret}
${certificate ? trust(certificate) : ''}
A first login${apps ? ' (with WX_SECRET set in this shell)' : ''}:
  curl "${url}/sns/jscode2session?${query}&js_code=sim-alice-$(date +%s)&grant_type=authorization_code"

A first access_token:
  curl ${url}/cgi-bin/stable_token -d '${tokenRequest(appid, secret)}'

Codes by name: sim-<user>-<anything> logs in, simphone-<user>-<anything> is one of the phone button.
What else it does on request, faults too: docs/simulator.md
`
}

/** How programs come to trust the certificate: each system reads another variable. */
function trust(certificate: string): string {
  return `
The certificate, for the environment of what calls it (not for .env):
  export NODE_EXTRA_CA_CERTS=${certificate}   # Node
  export SSL_CERT_FILE=${certificate}         # Go, PHP, Python's ssl, Ruby
  export CURL_CA_BUNDLE=${certificate}        # curl
`
}

function tokenRequest(appid: string, secret: string): string {
  return JSON.stringify({ grant_type: 'client_credential', appid, secret })
}
