/** The hash that Redis answers after an HSET with these arguments: all text. */
export function hashOf(args: readonly (string | number)[]): Record<string, string> {
  const hash: Record<string, string> = {}
  for (let i = 0; i < args.length; i += 2) hash[String(args[i])] = String(args[i + 1])
  return hash
}
