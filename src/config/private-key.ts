import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'

const MAKE_ONE = 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out jwt.pem'
const NEEDED = `must be a private key in PEM on the curve P-256; make one: ${MAKE_ONE}`

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g

/** Private keys of the RFCs (7515 A.3, 7517 A.2) and of jwt.io, by the x of their public half. */
const PUBLISHED: readonly (string | undefined)[] = [
  'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  'EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84',
]

/** What else comes in PEM, and is taken for a private key now and then. */
const WRONG_KINDS: Readonly<Record<string, string>> = {
  'PUBLIC KEY': `is a public key, and the private one is needed; ${NEEDED}`,
  'RSA PUBLIC KEY': `is a public RSA key; ${NEEDED}`,
  CERTIFICATE: `is a certificate, which holds a public key alone; ${NEEDED}`,
  'RSA PRIVATE KEY': `is an RSA key; ${NEEDED}`,
  'OPENSSH PRIVATE KEY': `is a key in the format of OpenSSH; ${NEEDED}`,
  'ENCRYPTED PRIVATE KEY': encrypted(),
}

function encrypted(): string {
  return 'is encrypted with a password, which nobody can type at a start; write it without one (openssl pkey -in jwt.pem -out jwt-plain.pem), and protect the file: chmod 600'
}

/**
 * Why a text is no key to sign tokens with, or undefined when it is one. A refusal names the fix,
 * and never shows the text.
 */
export function problemWithPrivateKey(text: string): string | undefined {
  const blocks = blocksOf(text)
  const [block] = blocks
  if (!block) return problemWithoutBlock(text)
  if (blocks.length > 1) return `holds ${blocks.length} keys or certificates; ${NEEDED}`
  if (/^\s*Proc-Type:.*ENCRYPTED/.test(block.body)) return encrypted()
  const wrong = WRONG_KINDS[block.label]
  if (wrong) return wrong
  const key = keyOf(block)
  return key ? problemWithKey(key) : `cannot be read: is it whole? It ${NEEDED}`
}

/** The same key always as the same text: PKCS #8, whatever openssl wrote and however it was wrapped. */
export function canonicalPrivateKey(text: string): string {
  const [block] = blocksOf(text)
  const key = block && keyOf(block)
  if (!key) throw new TypeError('no private key')
  return key.export({ format: 'pem', type: 'pkcs8' }).toString().trim()
}

/** A new one, as the text of `canonicalPrivateKey`. */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString().trim()
}

/** The lines of a key in PEM that no log may show: a text may quote one of them without the rest. */
export function secretLinesOf(text: string): string[] {
  if (!text.startsWith('-----BEGIN ')) return []
  return text.split('\n').filter(line => line !== '' && !line.startsWith('-----'))
}

interface Block {
  readonly label: string
  readonly body: string
}

/** `openssl ecparam -genkey` writes the curve's name in a block of its own before the key. */
function blocksOf(text: string): Block[] {
  // A variable of one line has its line breaks as the two characters \n.
  const lines = text.replaceAll('\\n', '\n').replaceAll('\\r', '')
  const all = [...lines.matchAll(BLOCK)].map(([, label = '', body = '']) => ({ label, body }))
  return all.filter(({ label }) => label !== 'EC PARAMETERS')
}

function problemWithoutBlock(text: string): string {
  if (/-----BEGIN EC PARAMETERS-----/.test(text)) {
    return `holds the name of a curve and no key (openssl ecparam needs -genkey); ${NEEDED}`
  }
  if (/-----BEGIN /.test(text)) {
    return 'ends before its line -----END …-----: in .env a value of several lines needs quotes'
  }
  if (/^[./~]|\.(pem|key)$/.test(text)) {
    return 'looks like the path of a file: give it to the variable that ends with _FILE'
  }
  return NEEDED
}

function keyOf({ label, body }: Block): KeyObject | undefined {
  const type = label === 'EC PRIVATE KEY' ? 'sec1' : 'pkcs8'
  try {
    return createPrivateKey({ key: Buffer.from(body, 'base64'), format: 'der', type })
  } catch {
    return undefined
  }
}

function problemWithKey(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type !== 'ec') return `is a key of type ${type}; ${NEEDED}`
  const curve = details?.namedCurve
  if (curve !== 'prime256v1') return `is on the curve ${curve ?? 'without a name'}; ${NEEDED}`
  const publicKey = createPublicKey(key)
  // OpenSSL reads the public half from the file and does not compare it with the private one.
  const signature = sign('sha256', Buffer.from('a'), key)
  if (!verify('sha256', Buffer.from('a'), publicKey, signature)) {
    return `has a public half that is not its own; ${NEEDED}`
  }
  const isPublished = PUBLISHED.includes(publicKey.export({ format: 'jwk' }).x)
  return isPublished ? `is a sample that everybody knows; ${NEEDED}` : undefined
}
