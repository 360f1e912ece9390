import { createHmac } from 'node:crypto'

/**
 * The query fields by which WeChat sees that we hold a session_key. The key of the HMAC is the
 * base64 text of the session_key, not its 16 bytes. The message is empty.
 */
export function sessionKeySignature(sessionKey: string): { signature: string; sig_method: string } {
  const signature = createHmac('sha256', sessionKey).update('').digest('hex')
  return { signature, sig_method: 'hmac_sha256' }
}
