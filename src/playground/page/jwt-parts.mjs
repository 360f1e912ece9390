const textOf = part => {
  const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), letter =>
    letter.charCodeAt(0),
  )
  return new TextDecoder().decode(bytes)
}

/** What anybody can read in a token, without any key: RFC 7519. Undefined for what is no JWT. */
export function jwtParts(token) {
  try {
    const [header, payload, signature] = token.split('.')
    return { header: JSON.parse(textOf(header)), payload: JSON.parse(textOf(payload)), signature }
  } catch {
    return undefined
  }
}

/** Another letter in the middle of the signature. */
export function tampered(token) {
  const place = token.lastIndexOf('.') + 10
  return token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1)
}
