/** How connections to a database server are encrypted. */
export interface DatabaseTls {
  /** Whether to ask for TLS, by attempts: the next one only where the server refuses this one. */
  readonly attempts: readonly boolean[]
  /** What must hold of the server's certificate: nothing, that a known authority signed it, or the name in it, too. */
  readonly verify: 'nothing' | 'authority' | 'identity'
  /** Files in PEM. Without `ca` the authorities are those that Node knows. */
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

type Way = Pick<DatabaseTls, 'attempts' | 'verify'>

/** What a scheme calls the mode and the files, and its words for the mode. */
interface Words {
  readonly mode: string
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly ways: Readonly<Record<string, Way>>
  /** In the place of an authority's file: those that the machine trusts. */
  readonly system?: string
  /** With an authority's file this mode means that the certificate is checked by it. */
  readonly checksGivenCa?: string
}

const NEVER: Way = { attempts: [false], verify: 'nothing' }
const ALWAYS: Way = { attempts: [true], verify: 'nothing' }
const BY_AUTHORITY: Way = { attempts: [true], verify: 'authority' }
const BY_NAME: Way = { attempts: [true], verify: 'identity' }

/** https://www.postgresql.org/docs/current/libpq-ssl.html */
const POSTGRES: Words = {
  mode: 'sslmode',
  ca: 'sslrootcert',
  cert: 'sslcert',
  key: 'sslkey',
  ways: {
    disable: NEVER,
    allow: { attempts: [false, true], verify: 'nothing' },
    prefer: { attempts: [true, false], verify: 'nothing' },
    require: ALWAYS,
    'verify-ca': BY_AUTHORITY,
    'verify-full': BY_NAME,
  },
  system: 'system',
  checksGivenCa: 'require',
}

/** https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode */
const MYSQL: Words = {
  mode: 'ssl-mode',
  ca: 'ssl-ca',
  cert: 'ssl-cert',
  key: 'ssl-key',
  ways: {
    DISABLED: NEVER,
    PREFERRED: { attempts: [true, false], verify: 'nothing' },
    REQUIRED: ALWAYS,
    VERIFY_CA: BY_AUTHORITY,
    VERIFY_IDENTITY: BY_NAME,
  },
}

const WORDS: Readonly<Record<'postgres' | 'mysql', Words>> = { postgres: POSTGRES, mysql: MYSQL }

type Scheme = keyof typeof WORDS

/** The names of a scheme's parameters of TLS. */
export function tlsParameters(scheme: Scheme): readonly string[] {
  const { mode, ca, cert, key } = WORDS[scheme]
  return [mode, ca, cert, key]
}

/** Why parameters of TLS cannot be used, or undefined. A file that nothing would use is one reason. */
export function problemWithTls(scheme: Scheme, params: URLSearchParams): string | undefined {
  const words = WORDS[scheme]
  const mode = params.get(words.mode)
  const way = wayOf(words, mode)
  if (mode !== null && !way) {
    return `its parameter ${words.mode} must be one of ${Object.keys(words.ways).join(', ')}`
  }
  const [ca, cert, key] = [words.ca, words.cert, words.key].map(name => params.get(name))
  if ([ca, cert, key].includes('')) return 'has a parameter that must name a file and is empty'
  if (Boolean(cert) !== Boolean(key)) return `needs ${words.cert} and ${words.key} together`
  if (cert && !way?.attempts.includes(true)) return `needs ${words.mode} beside ${words.cert}`
  const isChecked = way && way.verify !== 'nothing'
  if (ca && !isChecked && mode !== words.checksGivenCa) {
    return `has ${words.ca}, which nothing uses without ${words.mode}=${strictest(words)}`
  }
  const needsName = words.system !== undefined && ca === words.system && way?.verify !== 'identity'
  // Any public authority signs a certificate for whoever owns some name.
  if (needsName || (way?.verify === 'authority' && !ca)) {
    return `needs ${words.ca}=<file> for ${words.mode}=${mode}, or ${words.mode}=${strictest(words)}`
  }
  return undefined
}

/** What parameters that `problemWithTls` accepts ask for. Undefined: nothing is said about TLS. */
export function readTls(scheme: Scheme, params: URLSearchParams): DatabaseTls | undefined {
  const words = WORDS[scheme]
  const mode = params.get(words.mode)
  const way = wayOf(words, mode)
  if (!way) return undefined
  const file = (name: string) => params.get(name) ?? undefined
  const ca = file(words.ca)
  return {
    ...(ca !== undefined && mode === words.checksGivenCa ? BY_AUTHORITY : way),
    ca: ca === words.system ? undefined : ca,
    cert: file(words.cert),
    key: file(words.key),
  }
}

function strictest({ ways }: Words): string {
  return String(Object.keys(ways).at(-1))
}

/** MySQL's words are the same in small letters; libpq's are not. */
function wayOf({ ways }: Words, mode: string | null): Way | undefined {
  if (mode === null) return undefined
  const word = ways === MYSQL.ways ? mode.toUpperCase() : mode
  return Object.hasOwn(ways, word) ? ways[word] : undefined
}
