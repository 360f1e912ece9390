import { SLOTS, slotOf } from './slots'

/** One row of the answer to CLUSTER SLOTS. Replicas may follow the primary. */
type SlotRange = readonly [from: number, to: number, primary: readonly [host: string, port: number]]

/** Which node of a cluster has which slot. A node's name is its `host:port`. */
export class ClusterMap {
  /** The names of all nodes that have a slot. */
  readonly names: ReadonlySet<string>
  readonly #owners: readonly (string | undefined)[]

  /** @param askedHost a node that does not know its own host leaves it out; then it is this one */
  constructor(ranges: readonly SlotRange[] = [], askedHost = '') {
    const owners: (string | undefined)[] = new Array(SLOTS).fill(undefined)
    const names = new Set<string>()
    for (const [from, to, [host, port]] of ranges) {
      const name = `${host || askedHost}:${port}`
      names.add(name)
      owners.fill(name, from, to + 1)
    }
    this.names = names
    this.#owners = owners
  }

  ownerOf(redisKey: string): string | undefined {
    return this.#owners[slotOf(redisKey)]
  }

  hasSameOwners(other: ClusterMap): boolean {
    return this.#owners.every((name, slot) => name === other.#owners[slot])
  }
}

/** Undefined where the answer is no map: the node knows none, or said no. */
export function readClusterMap(reply: unknown, askedHost: string): ClusterMap | undefined {
  if (!Array.isArray(reply) || reply.length === 0) return undefined
  return new ClusterMap(reply as SlotRange[], askedHost)
}

export function nodeOf(name: string): { host: string; port: number } {
  const colon = name.lastIndexOf(':')
  return { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) }
}
