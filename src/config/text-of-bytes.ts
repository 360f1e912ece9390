/** What stands for bytes that are no UTF-8. */
const UNREADABLE = '\uFFFD'

const AS_UTF8 =
  'save it as UTF-8 (in PowerShell by Set-Content -Encoding utf8, not by >; in an editor by “Save as”)'

/**
 * Why a file's bytes cannot be read as text, with the fix, or undefined when they can. Windows
 * PowerShell's `>` writes UTF-16, in which every name and value reads as something else.
 */
export function problemWithBytes(bytes: Buffer): string | undefined {
  const [first, second] = bytes
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return hasMark || bytes.includes(0) ? `is not UTF-8 text but UTF-16: ${AS_UTF8}` : undefined
}

/** Why a text, or a value out of it, cannot be what was meant: another encoding, such as GBK. */
export function problemWithText(text: string): string | undefined {
  return text.includes(UNREADABLE) ? `is not UTF-8 text (is it GBK?): ${AS_UTF8}` : undefined
}
