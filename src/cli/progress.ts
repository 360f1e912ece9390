import type { Terminal } from './terminal'

export interface Progress {
  /** Says how much is done, at most once in so many milliseconds. */
  tell(done: number): void
  /** Says it whatever the time. */
  end(done: number): void
}

/** Tells a person that long work goes on. Short work says nothing. */
export function createProgress(
  { say }: Pick<Terminal, 'say'>,
  words: (done: number) => string,
  { everyMs = 2000, now = () => performance.now() } = {},
): Progress {
  const start = now()
  let told = start
  return {
    tell(done) {
      if (now() - told < everyMs) return
      told = now()
      say(words(done))
    },
    end(done) {
      if (told !== start) say(words(done))
    },
  }
}
