/** Random numbers that are the same for the same seed (mulberry32). For benches, not for secrets. */
function createRandom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = most => Math.floor(next() * most)
  return {
    /** A whole number from 0, below `most`. */
    below,
    /** Whether a thing of this probability happens. */
    chance: probability => next() < probability,
    pick: list => list[below(list.length)],
    bytes: length => Buffer.from(Array.from({ length }, () => below(256))),
    text: (alphabet, length) =>
      Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
  }
}

module.exports = { createRandom }
