import { fingerprint } from '../config/secret-strength'
import { UsageError } from './command'
import { EnvText } from './env-text'
import type { RotatedKey } from './rotated-key'

/** How far a rotation is: after how many of its three steps. */
export interface Rotation {
  readonly step: 0 | 1 | 2
  /** When that step was taken, in milliseconds since 1970; undefined where nobody noted it. */
  readonly takenAt?: number
}

export interface RotationFile {
  readonly key: RotatedKey
  readonly text: string
  /** What the file sets the two variables to, as canonical text. */
  readonly secret: string
  readonly previous: string | undefined
}

export class RotationRefused extends Error {
  override readonly name = 'RotationRefused'
}

/**
 * How far the file is. The fingerprints in the note say that the secrets are still those which the
 * step left: with two secrets alone nobody knows which one is the newer.
 *
 * @param named the next step, where a person says it
 * @throws RotationRefused when it cannot be known
 */
export function rotationOf(file: RotationFile, named: 2 | 3 | undefined): Rotation {
  const { previous } = file.key
  if (file.previous === undefined) {
    if (named === undefined) return { step: 0 }
    throw new UsageError(`--step ${named}: 没有 ${previous} · there is no ${previous}`)
  }
  const noted = readNote(file)
  if (noted && (named === undefined || named === noted.step + 1)) return noted
  if (noted)
    throw new UsageError(`--step: 下一步是 ${noted.step + 1} · step ${noted.step + 1} comes next`)
  if (named !== undefined) return { step: named === 2 ? 1 : 2 }
  throw new RotationRefused(
    `${previous} 已设，但不是由本命令设的，不知道哪一把是新的。新的在 ${previous} 里：--step 2；旧的在那里：--step 3\n` +
      `${previous} is set, and not by this command: which one is the newer is not known. The newer one is in ${previous}: --step 2. The older one is there: --step 3`,
  )
}

/** Begins the comment by which the file tells how far this rotation is. */
function noteOf({ command }: RotatedKey): string {
  return `miniprogram-login ${command}:`
}

function readNote({ key, text, secret, previous = '' }: RotationFile): Rotation | undefined {
  const note = new EnvText(text).note(noteOf(key))
  const [, step, time = '', marks] = /^step ([12]) of 3, (\S+), (.+)$/.exec(note ?? '') ?? []
  if (marks !== marksOf(key, secret, previous)) return undefined
  const takenAt = Date.parse(time)
  return Number.isNaN(takenAt) ? undefined : { step: step === '1' ? 1 : 2, takenAt }
}

function marksOf(key: RotatedKey, secret: string, previous: string): string {
  return `${key.name} ${fingerprint(secret)}, ${key.previous} ${fingerprint(previous)}`
}

/**
 * The file after the next step: (1) the new secret beside the old, (2) the new one signs, (3) only
 * the new one is left.
 */
export function nextStep(
  file: RotationFile,
  { step }: Rotation,
  { newSecret, now }: { newSecret: string; now: number },
): RotationFile {
  const { key, text, secret, previous = '' } = file
  const lines = new EnvText(text)
  const note = noteOf(key)
  if (step === 2) {
    const rest = lines.remove(key.previous).removeNote(note)
    return { key, text: rest.toString(), secret, previous: undefined }
  }
  const [signing, other] = step === 0 ? [secret, newSecret] : [previous, secret]
  const time = new Date(now).toISOString()
  const said = `step ${step + 1} of 3, ${time}, ${marksOf(key, signing, other)}`
  const changed = (step === 0 ? lines : lines.set(key.name, key.quoted(signing), key.name))
    .set(key.previous, key.quoted(other), key.name)
    .setNote(note, said, key.previous)
  return { key, text: changed.toString(), secret: signing, previous: other }
}

/** How many lines must set each secret: two lines of one name are no safe ground. */
export function problemWithLines(text: string, { name, previous }: RotatedKey): string | undefined {
  const lines = new EnvText(text)
  if (lines.count(name) === 0) {
    return `${name} 不在 .env 里，没有可轮换的；第一次启用见 docs/key-rotation.md · ${name} is not in .env: there is nothing to rotate; docs/key-rotation.md tells how it is first set`
  }
  const twice = [name, previous].find(each => lines.count(each) > 1)
  return (
    twice &&
    `.env 里 ${twice} 有两行，先删去一行 · ${twice} has two lines in .env: take one out first`
  )
}
