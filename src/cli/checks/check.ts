/** One thing that `doctor` looked at. */
export interface Check {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  /** What was found: both languages, no secret. */
  readonly found: string
  /** What to do about it; null where nothing is to be done. */
  readonly fix: string | null
}

export const ok = (name: string, found: string): Check => ({ name, status: 'ok', found, fix: null })

export const warn = (name: string, found: string, fix: string): Check => ({
  ...{ name, status: 'warn', found, fix },
})

export const fail = (name: string, found: string, fix: string): Check => ({
  ...{ name, status: 'fail', found, fix },
})
