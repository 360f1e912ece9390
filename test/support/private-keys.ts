import { type ECKeyPairOptions, generateKeyPairSync } from 'node:crypto'

type Form = 'pkcs8' | 'sec1'

/** A new private key in PEM. Nothing that signs is ever committed. */
export function newPrivateKey(namedCurve = 'P-256', type: Form = 'pkcs8'): string {
  const options: ECKeyPairOptions<'pem', 'pem'> = {
    namedCurve,
    publicKeyEncoding: { format: 'pem', type: 'spki' },
    privateKeyEncoding: { format: 'pem', type },
  }
  return generateKeyPairSync('ec', options).privateKey
}

export const PRIVATE_KEY = newPrivateKey()
export const OTHER_PRIVATE_KEY = newPrivateKey()
