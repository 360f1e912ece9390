/**
 * Feeds parts to a hash or a MAC, the length of each before it. Two different lists of parts
 * therefore never become the same text.
 */
export function feedParts<Sink extends { update(text: string): Sink }>(
  sink: Sink,
  parts: readonly string[],
): Sink {
  for (const part of parts) sink.update(`${Buffer.byteLength(part)}:`).update(part)
  return sink
}
