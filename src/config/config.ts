import type { ValuesOf } from './option'
import type { SETTINGS } from './options'

/** Checked settings: complete, frozen. */
export interface Config extends ValuesOf<typeof SETTINGS> {
  /** The app that a login without an appid means: the first of `apps`. */
  readonly defaultAppid: string
}

/** Names the app that is meant where a login names none, and freezes the settings. */
export function completeConfig(values: Omit<Config, 'defaultAppid'>): Config {
  const [defaultAppid = ''] = values.apps.keys()
  return Object.freeze({ ...values, defaultAppid })
}
