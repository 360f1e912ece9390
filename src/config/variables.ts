import { APP_OPTIONS, CODE_OPTIONS } from './code-options'
import { GROUPS, type Option, type OptionTable } from './option'
import { SETTINGS } from './options'
import { SERVER_OPTIONS } from './server-options'

/** Every option of the library and of the server. */
export const OPTIONS = { ...SERVER_OPTIONS, ...SETTINGS, ...CODE_OPTIONS, ...APP_OPTIONS }

/** An option with its name, as documents list it. */
export interface NamedOption extends Option {
  readonly name: string
  /** Whether `createLogin` or `createApp` takes it. */
  readonly isOfLibrary: boolean
}

const OF_LIBRARY: object = { ...SETTINGS, ...CODE_OPTIONS, ...APP_OPTIONS }

/** All options, group by group. */
export function listOptions(): NamedOption[] {
  const all = Object.entries(OPTIONS as OptionTable).map(([name, option]) => ({
    ...option,
    name,
    isOfLibrary: Object.hasOwn(OF_LIBRARY, name),
  }))
  return GROUPS.flatMap(group => all.filter(option => option.group === group))
}

/** Every variable that the server reads, but for the files of secrets. */
export const VARIABLES: readonly string[] = listOptions().flatMap(({ env }) => env ?? [])

/** Variables that may come as a file, too. */
export const SECRET_VARIABLES: readonly string[] = listOptions().flatMap(({ env, secret }) =>
  env && secret ? env : [],
)
