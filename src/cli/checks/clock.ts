import { type Check, fail, ok, warn } from './check'

/** What WeChat's clock said, and ours when that came. */
export interface Clock {
  /** The `Date` of an answer, in whole seconds. */
  readonly date: string | undefined
  /** Milliseconds since 1970. */
  readonly at: number
}

const NOTABLE_MS = 5000
/** Data that WeChat encrypts is refused when its time is 10 minutes from ours. */
const WRONG_MS = 60_000

/** This machine's clock against WeChat's. */
export function checkClock({ date, at }: Clock): Check {
  const theirs = date === undefined ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirs)) {
    return warn(
      'clock',
      '答案没有 Date 头，无从比较 · the answer has no Date, so nothing can be compared',
      '用 NTP 对时 · keep the clock by NTP',
    )
  }
  // A second is cut off at its beginning: on average the answer is half a second younger.
  const off = at - (theirs + 500)
  const seconds = (Math.round(off / 100) / 10).toFixed(1)
  const found = `本机与微信相差 ${seconds} 秒 · ${seconds} s from WeChat’s clock`
  const fix =
    '用 NTP 对时（timedatectl set-ntp true）· set the clock by NTP (timedatectl set-ntp true)'
  if (Math.abs(off) > WRONG_MS) return fail('clock', found, fix)
  return Math.abs(off) > NOTABLE_MS ? warn('clock', found, fix) : ok('clock', found)
}
