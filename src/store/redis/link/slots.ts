/** How many parts a Redis Cluster's keys are dealt into. */
export const SLOTS = 16_384

/** CRC-16/XMODEM, byte by byte, as Redis Cluster's specification asks. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
  return crc & 0xffff
})

/** The slot of a key: of what stands between its first braces, if anything does. */
export function slotOf(key: string): number {
  const open = key.indexOf('{')
  const close = key.indexOf('}', open + 1)
  const part = open >= 0 && close > open + 1 ? key.slice(open + 1, close) : key
  let crc = 0
  for (const byte of Buffer.from(part)) crc = (crc << 8) ^ (TABLE[((crc >> 8) ^ byte) & 0xff] ?? 0)
  return crc & (SLOTS - 1)
}
