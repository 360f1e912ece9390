/** A code lives 5 minutes (pages wx.login and 手机号快速验证组件). */
const CODE_LIFETIME_MS = 5 * 60_000

/** How long a minted code is remembered. After that it is as unknown as an invented one. */
const MEMORY_MS = 60 * 60_000

/** A code that somebody was given. `entry` is what the code stands for. */
export interface Issued<Entry> {
  readonly appid: string
  readonly entry: Entry
  readonly mintedAt: number
  spent: boolean
}

export interface CodeBookOptions<Entry> {
  readonly now: () => number
  /** What an unknown code shall stand for, or `undefined` if it stands for nothing. */
  readonly adopt: (code: string) => Entry | undefined
}

/** Codes of one kind: which app they were made for, what they stand for, whether they are good. */
export class CodeBook<Entry> {
  readonly #options: CodeBookOptions<Entry>
  readonly #minted = new Map<string, Issued<Entry>>()
  readonly #adopted = new Map<string, Issued<Entry>>()

  constructor(options: CodeBookOptions<Entry>) {
    this.#options = options
  }

  add(code: string, appid: string, entry: Entry): void {
    this.#forgetOld()
    this.#minted.set(code, this.#issue(appid, entry))
  }

  /** A code that was not minted here is bound to the first app that shows it. */
  find(code: string, appid: string): Issued<Entry> | undefined {
    const known = this.#minted.get(code) ?? this.#adopted.get(code)
    if (known !== undefined) return known
    const entry = this.#options.adopt(code)
    if (entry === undefined) return undefined
    const adopted = this.#issue(appid, entry)
    this.#adopted.set(code, adopted)
    return adopted
  }

  isFresh(issued: Issued<Entry>): boolean {
    return this.#options.now() - issued.mintedAt < CODE_LIFETIME_MS
  }

  /** Spends the code and gives nothing for it. An unknown code stays unknown. */
  burn(code: string, appid: string): void {
    const issued = this.find(code, appid)
    if (issued !== undefined) issued.spent = true
  }

  forget(): void {
    this.#minted.clear()
    this.#adopted.clear()
  }

  #issue(appid: string, entry: Entry): Issued<Entry> {
    return { appid, entry, mintedAt: this.#options.now(), spent: false }
  }

  /** A Map keeps the order of insertion, so the old codes come first. */
  #forgetOld(): void {
    const before = this.#options.now() - MEMORY_MS
    for (const [code, { mintedAt }] of this.#minted) {
      if (mintedAt >= before) return
      this.#minted.delete(code)
    }
  }
}
