/**
 * Joins parts to one text, the length of each in bytes before it. Two different lists of parts
 * therefore never become the same text.
 */
export function joinParts(parts: readonly string[]): string {
  return parts.map(part => `${Buffer.byteLength(part)}:${part}`).join('')
}
