import type { Report } from './check-values'
import type { OptionTable } from './option'
import { passwordsOf, textsOf } from './secrets-of'

/** What a secret is for, as the name of its option. */
interface Role {
  readonly name: string
  readonly value: string
  /** The password of a store: its server knows it, too. */
  readonly isOfStore: boolean
}

/**
 * Reports each secret that is the same as another one, by the names of both. One value in two roles
 * gives whoever knows it for one of them the other, too: a gateway with `INTERNAL_TOKEN` could sign
 * tokens. Two stores may have one password: neither lets anybody in here.
 *
 * @param nameOf how the reader knows an option: an operator by its variable
 */
export function reportEqualSecrets(
  table: OptionTable,
  values: Readonly<Record<string, unknown>>,
  report: Report,
  nameOf: (option: string) => string = name => name,
): void {
  const known: Role[] = []
  for (const role of rolesIn(table, values)) {
    const same = known.find(other => isSame(role, other))
    if (same) report(role.name, problem(nameOf(role.name), nameOf(same.name)))
    known.push(role)
  }
}

function problem(name: string, same: string): string {
  if (name === same) return 'holds the same secret twice; each one needs a value of its own'
  const isOfRotation = /previous/i.test(`${name} ${same}`)
  const hint = isOfRotation ? '; leave the previous one out when nothing was rotated' : ''
  return `is the same as ${same}: each secret needs a value of its own${hint}`
}

function isSame(one: Role, other: Role): boolean {
  return one.value === other.value && !(one.isOfStore && other.isOfStore)
}

function rolesIn(table: OptionTable, values: Readonly<Record<string, unknown>>): Role[] {
  return Object.entries(table).flatMap(([name, { secret, group }]) => {
    if (!secret) return []
    return textsOf(values[name]).flatMap(text => {
      const passwords = passwordsOf(text)
      const isOfStore = group === 'store'
      return (passwords.length > 0 ? passwords : [text]).map(value => ({ name, value, isOfStore }))
    })
  })
}
