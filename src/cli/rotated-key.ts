import { newSecret } from '../config/dev-secret'
import { canonicalPrivateKey, newPrivateKey } from '../config/private-key'
import { KEPT_SECONDS } from '../http/endpoints/public-keys-endpoint'

/** What `keys rotate` can rotate: how its values are read, made and written, and what each step waits for. */
export interface RotatedKey {
  /** The variable whose value signs. */
  readonly name: string
  /** The variable of the other value, older or newer. */
  readonly previous: string
  /** The command that rotates it. */
  readonly command: string
  /** A value always as the same text, however it was written. Throws for one that cannot be used. */
  canonical(text: string): string
  makeNew(): string
  /** The value as it stands in `.env`. */
  quoted(value: string): string
  /** Seconds from the end of step 1 to step 2: until everybody who verifies knows the new one. */
  readonly publishedSeconds: number
}

export const SECRET: RotatedKey = {
  name: 'JWT_SECRET',
  previous: 'JWT_SECRET_PREVIOUS',
  command: 'keys rotate',
  canonical: text => text,
  makeNew: newSecret,
  // A value that holds a # or white space needs quotes.
  quoted: value => (/^[\w+/=.-]+$/.test(value) ? value : `'${value}'`),
  // Nobody but the instances verifies with it, and a restart tells them.
  publishedSeconds: 0,
}

export const PRIVATE_KEY: RotatedKey = {
  name: 'JWT_PRIVATE_KEY',
  previous: 'JWT_PRIVATE_KEY_PREVIOUS',
  command: 'keys rotate --private-key',
  canonical: canonicalPrivateKey,
  makeNew: newPrivateKey,
  // One line: in double quotes dotenv reads \n as a line break.
  quoted: value => `"${value.replaceAll('\n', '\\n')}"`,
  // Other services keep the published keys for so long.
  publishedSeconds: KEPT_SECONDS,
}
