import { isPlainHttp } from './base-url'
import type { OptionTable, ValuesOf } from './option'

/** Takes a problem under the name of the option that has it. */
export type Report = (option: string, problem: string) => void

/**
 * Checks each value by its option's schema and fills in defaults. Reports every problem; what the
 * caller gets after a report is not complete and must not be used.
 */
export function checkValues<T extends OptionTable>(
  table: T,
  given: Readonly<Record<string, unknown>>,
  report: Report,
): ValuesOf<T> {
  const checked = Object.entries(table).map(([name, { schema }]) => {
    const { success, data, error } = schema.safeParse(given[name])
    if (success) return [name, data]
    const [issue] = error.issues
    report([name, ...(issue?.path ?? [])].map(String).join('.'), issue?.message ?? 'is refused')
    return [name, undefined]
  })
  return Object.fromEntries(checked) as ValuesOf<T>
}

/** The values that are checked against each other. */
interface Related {
  readonly tokenTtlSeconds: number | undefined
  readonly sessionTtlSeconds: number | undefined
  readonly cloudRunEnv: string | undefined
  readonly cbrEnvId: string | undefined
  readonly wxApiBaseUrl: string | undefined
  readonly wxApiInsecure: 'on' | 'off' | undefined
}

/** Anywhere else the gateway's headers are anybody's, so that anybody could be anybody. */
const NOT_IN_CLOUD =
  'must equal CBR_ENV_ID (cbrEnvId), which WeChat Cloud Hosting sets in its containers: this process does not run in that env; take the setting out, or correct it'

const NOT_HTTPS =
  'must be https, because the AppSecret travels in its query; plain http inside a network of your own needs WX_API_INSECURE=on (option wxApiInsecure)'

/** Reports what is wrong with two values together, each of them right by itself. */
export function checkTogether(values: Related, report: Report): void {
  const { tokenTtlSeconds, sessionTtlSeconds, cloudRunEnv, cbrEnvId } = values
  const { wxApiBaseUrl, wxApiInsecure } = values
  if (tokenTtlSeconds && sessionTtlSeconds && tokenTtlSeconds > sessionTtlSeconds) {
    report(
      'tokenTtlSeconds',
      'must not be longer than the session’s life, SESSION_TTL_SECONDS (sessionTtlSeconds)',
    )
  }
  if (cloudRunEnv !== undefined && cloudRunEnv !== cbrEnvId) report('cloudRunEnv', NOT_IN_CLOUD)
  if (wxApiBaseUrl && wxApiInsecure === 'off' && isPlainHttp(wxApiBaseUrl)) {
    report('wxApiBaseUrl', NOT_HTTPS)
  }
}
