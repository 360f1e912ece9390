/**
 * Small values that all instances share, each under a name and for a time. A power cut may undo a
 * write: what is lost is asked anew.
 */
export interface Values {
  /** The value, unless there is none or it has expired. */
  read(name: string, now: number): Promise<string | undefined>
  write(name: string, value: string, life: Life): Promise<void>
  /**
   * Writes a value that no other caller uses, where there is none or only an expired one; resolves
   * to whether it did. So a claim is a lease: `drop` gives it back, and one whose holder died ends
   * with its life.
   */
  claim(name: string, value: string, life: Life): Promise<boolean>
  /** Removes the value if it is still this one; resolves to whether it did. */
  drop(name: string, value: string): Promise<boolean>
}

export interface Life {
  readonly now: number
  readonly expiresAt: number
}
