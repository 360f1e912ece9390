import { problemWithTls, tlsParameters } from './database-tls'
import { closestHint } from './near-names'

/** Why the value of a parameter cannot be used, or undefined when it can. */
type Check = (value: string) => string | undefined

const LIMIT: Check = value =>
  /^[1-9]\d{0,3}$/.test(value) ? undefined : 'must be a whole number from 1 to 9999'
const SCHEMA: Check = value =>
  /^(?!pg_)[A-Za-z_][\w-]{0,62}$/.test(value)
    ? undefined
    : 'must be a name of letters, digits, _ and -, 63 at the most, not beginning with pg_'
const SWITCH: Check = value => (/^(true|false)$/.test(value) ? undefined : 'must be true or false')

/** Every parameter that a database URL may have: a driver would drop another one in silence. */
const PARAMETERS: Readonly<Record<'postgres' | 'mysql', Readonly<Record<string, Check>>>> = {
  postgres: {
    connection_limit: LIMIT,
    schema: SCHEMA,
    pgbouncer: SWITCH,
    ...parametersOfTls('postgres'),
  },
  mysql: { connection_limit: LIMIT, ...parametersOfTls('mysql') },
}

/** Known by name. What they may be depends on each other: see `problemWithTls`. */
function parametersOfTls(scheme: 'postgres' | 'mysql'): Record<string, Check> {
  return Object.fromEntries(tlsParameters(scheme).map(name => [name, () => undefined]))
}

/** What is wrong with a URL's parameters, the first problem by its name, or undefined. */
export function problemWithParameters(
  scheme: 'postgres' | 'mysql',
  params: URLSearchParams,
): string | undefined {
  const known = PARAMETERS[scheme]
  for (const [name, value] of params) {
    const check = Object.hasOwn(known, name) ? known[name] : undefined
    if (!check) return unknown(name, Object.keys(known))
    if (params.getAll(name).length > 1) return `has the parameter ${name} twice`
    const problem = check(value)
    if (problem) return `its parameter ${name} ${problem}`
  }
  return problemWithTls(scheme, params)
}

/** Names only: where a password holds a ? the rest of it would stand here as a parameter. */
function unknown(name: string, known: readonly string[]): string {
  const isName = /^[a-z][a-z0-9_-]{0,39}$/i.test(name)
  const which = isName ? `the parameter ${name}` : 'a parameter'
  return `has ${which} that is not known${isName ? closestHint(name, known) : ''}; known are ${known.join(', ')}`
}
