import type { Report } from './check-values'

const OF_CONSOLE = 'set it as the mini program’s console has it'

/**
 * The mini programs that the environment names: one by `WX_APPID` and its kin, or several by
 * `WX_APPS`. Undefined when it names none, or when a problem was reported.
 */
export function readApps(given: Readonly<Record<string, unknown>>, report: Report): unknown {
  const { apps, appid, appSecret, appSecretPrevious } = given
  const isSingle = Boolean(appid || appSecret || appSecretPrevious)
  if (apps !== undefined) {
    if (isSingle) report('WX_APPS', 'is set beside WX_APPID or WX_SECRET; keep one of both')
    return isSingle ? undefined : apps
  }
  if (appid && appSecret) {
    return { [String(appid)]: appSecretPrevious ? [appSecret, appSecretPrevious] : appSecret }
  }
  if (appSecret) report('WX_APPID', `is missing beside WX_SECRET: ${OF_CONSOLE}`)
  else if (appid) report('WX_SECRET', `is missing beside WX_APPID: ${OF_CONSOLE}`)
  else if (appSecretPrevious)
    report('WX_SECRET', `is missing beside WX_SECRET_PREVIOUS: ${OF_CONSOLE}`)
  return undefined
}
