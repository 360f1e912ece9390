import { createHmac } from 'node:crypto'

/** Proof that we hold a session_key. The HMAC's key is its text, base64 and all; the message is empty. */
export function signedBy(sessionKey: string): { signature: string; sig_method: string } {
  const signature = createHmac('sha256', sessionKey).update('').digest('hex')
  return { signature, sig_method: 'hmac_sha256' }
}
