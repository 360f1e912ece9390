/** A test that a row names: its file, and words of its title. */
export interface NamedTest {
  readonly file: string
  readonly words: string
}

/** A row of docs/promises.md. */
export interface PromiseRow {
  readonly id: string
  readonly words: string
  /** `tests` where tests show it; else how the row says that none does. */
  readonly kind: 'tests' | 'documented' | 'not applicable' | 'not shown yet' | 'unreadable'
  readonly tests: readonly NamedTest[]
  /** What stands in the last cell. */
  readonly shownBy: string
}

const ROW = /^\| ([A-Z]+-\d+) \| (.+?) \| (.+) \|$/gm
const TEST = /^`(test\/[\w./-]+\.ts)` › (\S.*)$/
const OTHER = /^(documented|not applicable|not shown yet): \S/

export function readPromises(page: string): PromiseRow[] {
  return [...page.matchAll(ROW)].map(([, id = '', words = '', shownBy = '']) => {
    const found = shownBy.split('<br>').map(item => TEST.exec(item.replaceAll('\\|', '|')))
    const tests = found.flatMap(match =>
      match ? [{ file: match[1] ?? '', words: match[2] ?? '' }] : [],
    )
    const other = OTHER.exec(shownBy)?.[1] as PromiseRow['kind'] | undefined
    const kind = other ?? (tests.length === found.length ? 'tests' : 'unreadable')
    return { id, words, kind, tests, shownBy }
  })
}
