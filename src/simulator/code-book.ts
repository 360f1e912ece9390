/** A code lives 5 minutes (pages wx.login and 手机号快速验证组件). */
const CODE_LIFETIME_MS = 5 * 60_000

/** How long a minted code is remembered: after that it is as unknown as an invented one. */
const MEMORY_MS = 60 * 60_000

/** A code that somebody was given. `entry` is what it stands for. */
export interface Issued<Entry> {
  readonly appid: string
  readonly entry: Entry
  readonly mintedAt: number
  spent: boolean
}

/** Codes of one kind: which app they were made for, what they stand for, whether they are good. */
export interface CodeBook<Entry> {
  add(code: string, appid: string, entry: Entry): void
  /** A code that was not minted here is bound to the first app that shows it. */
  find(code: string, appid: string): Issued<Entry> | undefined
  isFresh(issued: Issued<Entry>): boolean
  /** Spends the code without what it is for. Codes that were never minted stay unknown. */
  burn(code: string, appid: string): void
  forget(): void
}

/** @param adopt what an unknown code shall stand for, or `undefined` if it is nothing */
export function createCodeBook<Entry>(options: {
  now: () => number
  adopt: (code: string) => Entry | undefined
}): CodeBook<Entry> {
  const { now, adopt } = options
  const minted = new Map<string, Issued<Entry>>()
  const adopted = new Map<string, Issued<Entry>>()

  const issue = (appid: string, entry: Entry) => ({ appid, entry, mintedAt: now(), spent: false })
  const book: CodeBook<Entry> = {
    add(code, appid, entry) {
      forgetOld(minted, now() - MEMORY_MS)
      minted.set(code, issue(appid, entry))
    },
    find(code, appid) {
      const known = minted.get(code) ?? adopted.get(code)
      if (known !== undefined) return known
      const entry = adopt(code)
      if (entry === undefined) return undefined
      const fresh = issue(appid, entry)
      adopted.set(code, fresh)
      return fresh
    },
    isFresh: issued => now() - issued.mintedAt < CODE_LIFETIME_MS,
    burn(code, appid) {
      const issued = book.find(code, appid)
      if (issued !== undefined) issued.spent = true
    },
    forget() {
      minted.clear()
      adopted.clear()
    },
  }
  return book
}

/** A Map keeps the order of insertion, so the old ones come first. */
function forgetOld(issued: Map<string, Issued<unknown>>, before: number): void {
  for (const [code, { mintedAt }] of issued) {
    if (mintedAt >= before) return
    issued.delete(code)
  }
}
