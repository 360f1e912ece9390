import fc from 'fast-check'

/**
 * Any character of Unicode but halves of a pair, as the `unit` of `fc.string`. Made in no time, where
 * fast-check's own unit "binary" lists them all first: a second of CPU in each test file.
 */
export const codePoint = fc
  .integer({ min: 0, max: 0x10f7ff })
  .map(n => String.fromCodePoint(n < 0xd800 ? n : n + 0x800))
