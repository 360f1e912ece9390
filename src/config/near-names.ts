/** A name as it sounds: without underscores, in capitals. `WX_APP_ID` and `wxAppid` sound alike. */
export function soundOf(name: string): string {
  return name.replaceAll('_', '').toUpperCase()
}

/**
 * How many letters two words are apart: one inserted, left out, changed, or swapped with its
 * neighbour counts 1 (optimal string alignment).
 */
export function distanceOf(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const changed = one[row - 1] === other[column - 1] ? 0 : 1
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      current[column] = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + changed,
        isSwap ? (beforeLast[column - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return last[other.length] as number
}

/** The name that sounds most like the given one, or undefined when none is within a third of it. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  const sound = soundOf(name)
  const [closest] = names
    .map(known => ({ known, distance: distanceOf(sound, soundOf(known)) }))
    .sort((one, other) => one.distance - other.distance)
  return closest && closest.distance <= Math.ceil(sound.length / 3) ? closest.known : undefined
}

/** The end of a refusal: what was probably meant, where that can be guessed. */
export function closestHint(name: string, names: readonly string[]): string {
  const closest = closestName(name, names)
  return closest === undefined ? '' : `; is ${closest} meant?`
}
