import { state } from './state.mjs'
import { EN } from './words-en.mjs'
import { ZH } from './words-zh.mjs'

/** All words in the language that is shown. */
export const words = () => (state.language === 'zh' ? ZH : EN)

/** A moment by its clock, as people of that language write it. */
export function clockTime(ms) {
  const locale = state.language === 'zh' ? 'zh-CN' : 'en-GB'
  return new Date(ms).toLocaleTimeString(locale, { hour12: false })
}

/** Seconds as `1:59:58`. */
export function duration(seconds) {
  const left = Math.max(0, Math.floor(seconds))
  const two = value => String(value).padStart(2, '0')
  return `${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`
}
