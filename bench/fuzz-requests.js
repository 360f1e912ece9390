/** Bytes that a client might send, most of them wrong somewhere. */
const VISIBLE = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~!$&()*+,;=:@'
const ODD = [
  '%00',
  '%0d%0a',
  '%E0%A4%A',
  '../',
  '//',
  '__proto__',
  "' or 1=1--",
  '$%7B7*7%7D',
  '\u00e9',
  '<b>',
]
const METHODS = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'PROPFIND',
  'get',
]
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  '',
]
const VALUES = [
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '""',
  '[]',
  '{}',
  '"x"',
  '[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]',
]
const FIELDS = [
  'code',
  'appid',
  'token',
  'nickname',
  'avatar_url',
  'all',
  'encryptedData',
  'iv',
  'rawData',
  'signature',
  '__proto__',
  'openid',
]
const TOKEN_HEADERS = [
  'Authorization',
  'sessionid',
  'token',
  'X-Internal-Token',
  'X-Refused-Access-Token',
]

/**
 * Makes requests of one seed. `routes` are the real ones, `tokens` good tokens to begin from.
 *
 * @returns a function that makes the next request: its bytes, and whether its answer has no body
 */
function createRequests({ random, routes, tokens }) {
  const odd = () => (random.chance(0.5) ? random.pick(ODD) : random.text(VISIBLE, random.below(40)))
  const address = () => Array.from({ length: 4 }, () => random.below(256)).join('.')

  function path(route) {
    const base = random.chance(0.93) ? route.path.replace(/:\w+/g, odd()) : `/${odd()}`
    const query = random.chance(0.3) ? `?${pairs()}` : ''
    return `${base}${query}`.replace(/[^\x21-\x7e]/g, encodeURIComponent).replace(/ /g, '%20')
  }

  function pairs() {
    const names = [...FIELDS, 'code[]', 'code[a]']
    return Array.from({ length: 1 + random.below(3) }, () => `${random.pick(names)}=${odd()}`).join(
      '&',
    )
  }

  function token() {
    const good = random.pick(tokens)
    if (random.chance(0.4)) return good
    const at = random.below(good.length)
    if (random.chance(0.5))
      return good.slice(0, at) + random.pick([...VISIBLE]) + good.slice(at + 1)
    return random.pick([good.slice(0, at), odd(), `${good}=`, `${good}.${good}`, 'undefined', ''])
  }

  function body() {
    const kind = random.below(8)
    if (kind === 0) return random.bytes(random.below(400))
    if (kind === 1) return Buffer.from('['.repeat(random.below(8000)))
    if (kind === 2) return Buffer.alloc(random.below(40_000), 'x')
    if (kind < 6) return Buffer.from(JSON.stringify({ code: random.text(VISIBLE, 24) }))
    const fields = Array.from({ length: random.below(5) }, () => {
      const value = random.chance(0.5) ? JSON.stringify(odd()) : random.pick(VALUES)
      return `"${random.pick(FIELDS)}":${value}`
    })
    const text = `{${fields.join(',')}}`
    return Buffer.from(random.chance(0.2) ? text.slice(0, random.below(text.length)) : text)
  }

  function headers(hasBody) {
    const lines = random.chance(0.98) ? ['Host: fuzz'] : []
    if (random.chance(0.7)) lines.push(`X-Forwarded-For: ${address()}`)
    if (random.chance(0.1)) lines.push(`X-Forwarded-For: ${odd()}`)
    for (let i = random.below(3); i > 0; i--) {
      const name = random.pick(TOKEN_HEADERS)
      lines.push(
        `${name}: ${name === 'Authorization' && random.chance(0.9) ? 'Bearer ' : ''}${token()}`,
      )
    }
    if (random.chance(0.1)) lines.push(`Idempotency-Key: ${odd()}`)
    if (random.chance(0.05))
      lines.push(`X-${random.text(VISIBLE, 5)}: ${random.text(VISIBLE, random.below(3000))}`)
    if (random.chance(0.02)) lines.push(`Expect: ${odd()}`)
    if (hasBody) lines.push(`Content-Type: ${random.chance(0.7) ? TYPES[0] : random.pick(TYPES)}`)
    if (hasBody && random.chance(0.03)) lines.push('Content-Encoding: gzip')
    return lines
  }

  return () => {
    const route = random.pick(routes)
    const method = random.chance(0.85) ? random.pick(route.methods) : random.pick(METHODS)
    const content = random.chance(0.6) && method !== 'GET' ? body() : Buffer.alloc(0)
    const lines = headers(content.length > 0)
    if (content.length > 0) {
      // A length that is too long would keep the connection waiting for its time-out.
      const length = random.chance(0.01) ? random.below(content.length) : content.length
      lines.push(`Content-Length: ${length}`)
    }
    const head = `${method} ${path(route)} HTTP/1.1\r\n${lines.map(line => `${line}\r\n`).join('')}\r\n`
    const bytes = Buffer.concat([Buffer.from(head, 'latin1'), content])
    return { bytes, isHead: method === 'HEAD' }
  }
}

module.exports = { createRequests }
