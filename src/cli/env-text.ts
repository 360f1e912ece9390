import { linesOf } from '../config/env-file'

/** The text of a `.env`, line by line: what is not named stays as it is, comments and order too. */
export class EnvText {
  readonly #lines: readonly string[]

  constructor(text: string) {
    this.#lines = linesOf(text)
  }

  toString(): string {
    return this.#lines.join('\n')
  }

  /** How many lines set the variable. The last of them counts. */
  count(name: string): number {
    return this.#lines.filter(line => assigns(line, name)).length
  }

  /** The comment that begins with these words, without them; undefined where there is none. */
  note(words: string): string | undefined {
    const line = this.#lines.find(each => each.startsWith(`# ${words}`))
    return line?.slice(words.length + 2).trim()
  }

  /**
   * Sets a variable: on its own line if it has one, else below the comment that shows it, else below
   * the line of `after`.
   */
  set(name: string, value: string, after: string): EnvText {
    const line = `${name}=${value}`
    const own = this.#find(each => assigns(each, name))
    if (own >= 0) return this.#with(own, 1, [line])
    const example = this.#find(each => new RegExp(`^\\s*#\\s*${name}=`).test(each))
    const above = example >= 0 ? example : this.#find(each => assigns(each, after))
    return this.#with(above + 1, 0, [line])
  }

  /** Takes the variable's lines out. */
  remove(name: string): EnvText {
    return new EnvText(this.#lines.filter(line => !assigns(line, name)).join('\n'))
  }

  /** Puts a comment above the line of a variable, in the place of one that begins with these words. */
  setNote(words: string, text: string, above: string): EnvText {
    const bare = this.removeNote(words)
    const at = bare.#find(each => assigns(each, above))
    return bare.#with(at, 0, [`# ${words} ${text}`])
  }

  removeNote(words: string): EnvText {
    const rest = this.#lines.filter(line => !line.startsWith(`# ${words}`))
    return new EnvText(rest.join('\n'))
  }

  #find(holds: (line: string) => boolean): number {
    return this.#lines.findLastIndex(holds)
  }

  #with(at: number, removed: number, lines: readonly string[]): EnvText {
    return new EnvText(this.#lines.toSpliced(at, removed, ...lines).join('\n'))
  }
}

function assigns(line: string, name: string): boolean {
  return new RegExp(`^\\s*(?:export\\s+)?${name}\\s*(?:=|:\\s)`).test(line)
}
