/** A clock that stands still until it is told to move. */
export class Clock {
  ms = Date.UTC(2026, 0, 2, 3, 4, 5)
  readonly now = (): number => this.ms
  advance(seconds: number): void {
    this.ms += seconds * 1000
  }
}
