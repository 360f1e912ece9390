import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto'

/** Makes tokens that our own code would never make. Texts go in as they are, values as JSON. */
export type Part = string | Buffer | Readonly<Record<string, unknown>> | readonly unknown[] | null
export type Forgery = readonly [name: string, token: string]

const encode = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64url')
const segmentOf = (part: Part) =>
  encode(typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part))

export const hmac = (input: string, secret: string, hash = 'sha256') =>
  createHmac(hash, secret).update(input).digest('base64url')

/** A token of these parts, rightly signed with HMAC, whatever its header says. */
export function signed(header: Part, payload: Part, secret: string, hash?: string): string {
  return signedText(`${segmentOf(header)}.${segmentOf(payload)}`, secret, hash)
}

/** Signs segments that are already encoded, well or not. */
export function signedText(input: string, secret: string, hash?: string): string {
  return `${input}.${hmac(input, secret, hash)}`
}

export function decode(token: string): { header: Claims; payload: Claims } {
  const [header, payload] = token
    .split('.', 2)
    .map(part => JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims)
  return { header: header as Claims, payload: payload as Claims }
}
export type Claims = Readonly<Record<string, unknown>>

/** Other texts for the same bytes: the unused low bits of the last character are set. */
export function trailingBitVariants(segment: string): string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const spare = { 0: 0, 2: 4, 3: 2 }[segment.length % 4] ?? 0
  const last = alphabet.indexOf(segment.slice(-1))
  return Array.from({ length: 2 ** spare - 1 }, (_, i) => {
    return segment.slice(0, -1) + alphabet[last + i + 1]
  })
}

/** Every forgery that a token of ours must be told from. `token` is a good one, `secret` its key. */
export function forgeries(token: string, secret: string): Forgery[] {
  return [
    ...wrongAlgorithms(token, secret),
    ...wrongHeaders(token, secret),
    ...wrongWriting(token, secret),
    ...wrongPayloads(token, secret),
    ...wrongClaims(token, secret),
  ]
}

function wrongAlgorithms(token: string, secret: string): Forgery[] {
  const { header, payload } = decode(token)
  const [head = '', body = '', signature = ''] = token.split('.')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rsaInput = `${segmentOf({ ...header, alg: 'RS256' })}.${body}`
  const rsa = signWith('sha256', Buffer.from(rsaInput), privateKey).toString('base64url')
  const withAlg = (alg: unknown) => ({ ...header, alg })
  const names = ['none', 'None', 'NONE', 'nOnE', 'none ', 'hs256', 'HS256 ', '', 'HS384', 'RS256']
  const values: unknown[] = [...names, null, ['HS256'], { alg: 'HS256' }, 256, true]
  return [
    ...names.map(alg => [`alg ${alg}, unsigned`, `${segmentOf(withAlg(alg))}.${body}.`] as const),
    ...values.map(
      alg => [`alg ${JSON.stringify(alg)}`, signed(withAlg(alg), payload, secret)] as const,
    ),
    ['no alg', signed(without(header, 'alg'), payload, secret)],
    ['alg HS512, rightly signed', signed(withAlg('HS512'), payload, secret, 'sha512')],
    ['alg HS384, rightly signed', signed(withAlg('HS384'), payload, secret, 'sha384')],
    ['alg HS256, signed as HS512', signed(header, payload, secret, 'sha512')],
    ['alg RS256, rightly signed', `${rsaInput}.${rsa}`],
    ['no signature', `${head}.${body}.`],
    ['a signature cut short', `${head}.${body}.${signature.slice(0, -1)}`],
    ['a signature too long', `${head}.${body}.${signature}A`],
    ['a signature of zeros', `${head}.${body}.${'A'.repeat(43)}`],
    ['another key', signed(header, payload, `${secret}!`)],
    ['an empty key', signed(header, payload, '')],
  ]
}

function wrongHeaders(token: string, secret: string): Forgery[] {
  const { header, payload } = decode(token)
  const attacker = 'a key of the attacker, 32 bytes or more'
  const jwk = { kty: 'oct', k: encode(attacker), alg: 'HS256', kid: header.kid }
  const extra: Record<string, unknown> = {
    jwk,
    jku: 'http://127.0.0.1:9/jwks.json',
    x5u: 'http://127.0.0.1:9/cert.pem',
    x5c: ['MIIB'],
    x5t: 'AAAA',
    crit: ['exp'],
    b64: false,
    zip: 'DEF',
    cty: 'JWT',
    enc: 'A256GCM',
    extra: 1,
  }
  const types: unknown[] = ['JWT', 'jwt', 'at+jwt', 'mpl+JWT', 'application/mpl+jwt', '', null, 1]
  const kids: unknown[] = [
    ...['', '../../../../dev/null', "' OR 1=1 --", '__proto__', 'constructor', '\0', '*'],
    ...[`${header.kid} `, String(header.kid).toUpperCase(), 'k'.repeat(2000), 'k'.repeat(20_000)],
    ...[0, 1, null, true, [header.kid], { kid: header.kid }],
  ]
  return [
    ...Object.entries(extra).map(([name, value]): Forgery => {
      return [`header ${name}`, signed({ ...header, [name]: value }, payload, secret)]
    }),
    ['header jwk that signed it', signed({ ...header, jwk }, payload, attacker)],
    ['an empty crit', signed({ ...header, crit: [] }, payload, secret)],
    ['header __proto__', signed(`{"__proto__":${JSON.stringify(header)}}`, payload, secret)],
    ...types.map((typ): Forgery => [`typ ${typ}`, signed({ ...header, typ }, payload, secret)]),
    ['no typ', signed(without(header, 'typ'), payload, secret)],
    ...kids.map((kid, i): Forgery => {
      return [
        `kid ${i} ${JSON.stringify(kid).slice(0, 30)}`,
        signed({ ...header, kid }, payload, secret),
      ]
    }),
    ['no kid', signed(without(header, 'kid'), payload, secret)],
    ['an array for a header', signed([header], payload, secret)],
    ['null for a header', signed(null, payload, secret)],
    ['a string for a header', signed('"HS256"', payload, secret)],
  ]
}

function wrongWriting(token: string, secret: string): Forgery[] {
  const { header, payload } = decode(token)
  const [head = '', body = '', signature = ''] = token.split('.')
  // Lengths that leave spare bits and padding, and bytes that give - and _ in base64url.
  const padded = [1, 2, 3].map(n => encode(JSON.stringify({ ...payload, x: 'y'.repeat(n) })))
  const dashed = encode(JSON.stringify({ ...payload, x: '>>>???~~~' }))
  const standard = dashed.replaceAll('-', '+').replaceAll('_', '/')
  const sign = (input: string) => signedText(input, secret)
  const spoilt = ['=', '==', ' ', '\n', '\t', '!', '%3D', '\0', 'é'].flatMap((tail): Forgery[] => [
    [`header + ${JSON.stringify(tail)}`, sign(`${head}${tail}.${body}`)],
    [`payload + ${JSON.stringify(tail)}`, sign(`${head}.${body}${tail}`)],
    [`payload after ${JSON.stringify(tail)}`, sign(`${head}.${tail}${body}`)],
    [`signature + ${JSON.stringify(tail)}`, `${token}${tail}`],
    [`${JSON.stringify(tail)} + token`, `${tail}${token}`],
  ])
  return [
    ...spoilt,
    ['standard base64 in the payload', sign(`${head}.${standard}`)],
    ...trailingBitVariants(signature).map((s, i): Forgery => {
      return [`spare bits of the signature, ${i}`, `${head}.${body}.${s}`]
    }),
    ...padded.flatMap(trailingBitVariants).map((text, i): Forgery => {
      return [`spare bits of the payload, ${i}`, sign(`${head}.${text}`)]
    }),
    ['a fourth part', `${token}.${signature}`],
    ['five parts, like a JWE', `${head}.${body}.${body}.${body}.${signature}`],
    ['two parts', `${head}.${body}`],
    ['a dot before', `.${token}`],
    ['a dot after', `${token}.`],
    ['two dots inside', `${head}..${body}.${signature}`],
    ['only dots', '..'],
    ['an empty payload', sign(`${head}.`)],
    ['an empty header', sign(`.${body}`)],
    ['over 4096 characters', signed(header, { ...payload, x: 'y'.repeat(4096) }, secret)],
  ]
}

function wrongPayloads(token: string, secret: string): Forgery[] {
  const { header, payload } = decode(token)
  const text = JSON.stringify(payload)
  const head = JSON.stringify(header)
  const parts: Record<string, Part> = {
    'an array': [payload],
    'an empty array': [],
    'a string': JSON.stringify(text),
    'a text that is not JSON': 'hello',
    'null ': null,
    'a number': '1',
    'an empty object': {},
    'white space': ` ${text}`,
    'a line feed': `${text}\n`,
    'a byte order mark': `\ufeff${text}`,
    'bytes that are not UTF-8': Buffer.from(text.replace('"sub":"', '"sub":"\xff'), 'latin1'),
    'an escape': text.replace('"sub"', '"\\u0073ub"'),
    'a key twice, the same': text.replace('{', `{"aud":${JSON.stringify(payload.aud)},`),
    'a key twice, bad then good': text.replace('{', '{"aud":"wxother","exp":1,'),
    'a key twice, good then bad': text.replace(/}$/, ',"exp":99999999999}'),
    'claims under __proto__': `{"__proto__":${text}}`,
    'text behind it': `${text}{}`,
  }
  return [
    ...Object.entries(parts).map(([name, part]): Forgery => {
      return [`payload: ${name}`, signed(header, part, secret)]
    }),
    ['header: a key twice', signed(head.replace('{', '{"alg":"none",'), payload, secret)],
    ['header: a key twice, after', signed(head.replace(/}$/, ',"alg":"none"}'), payload, secret)],
    ['header: white space', signed(` ${head}`, payload, secret)],
  ]
}

function wrongClaims(token: string, secret: string): Forgery[] {
  const { header, payload } = decode(token)
  const iat = payload.iat as number
  const exp = payload.exp as number
  const texts = (good: string): unknown[] => [null, 1, true, '', [good], [], {}, { good }]
  const wrong: Record<string, readonly unknown[]> = {
    iss: [...texts('miniprogram-login'), 'someone else', 'Miniprogram-Login'],
    aud: [...texts(String(payload.aud)), 'wxffffffffffffffff', '*', `${payload.aud} `],
    sub: texts(String(payload.sub)),
    sid: texts(String(payload.sid)),
    enc: texts(String(payload.enc)),
    iat: [null, '', String(iat), iat + 0.5, [iat], {}, true, -1e300, exp, exp + 1, iat + 61, 0],
    exp: [null, '', String(exp), exp + 0.5, [exp], {}, true, 1e300, -1, iat, iat - 1, iat + 5e9],
  }
  const far = { ...payload, exp: iat + 50 * 365 * 86_400 }
  return [
    ...Object.keys(wrong).map((name): Forgery => {
      return [`no ${name}`, signed(header, without(payload, name), secret)]
    }),
    ...Object.entries(wrong).flatMap(([name, values]) =>
      values.map((value, i): Forgery => {
        const claims = { ...payload, [name]: value }
        return [`${name} ${i}: ${JSON.stringify(value)}`, signed(header, claims, secret)]
      }),
    ),
    ['exp in 50 years', signed(header, far, secret)],
    ['exp 1e400', signed(header, JSON.stringify(payload).replace(String(exp), '1e400'), secret)],
  ]
}

function without(from: Claims, name: string): Claims {
  const { [name]: _gone, ...rest } = from
  return rest
}
