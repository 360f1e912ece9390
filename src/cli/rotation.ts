import { fingerprint } from '../config/secret-strength'
import { UsageError } from './command'
import { EnvText } from './env-text'

const SECRET = 'JWT_SECRET'
const PREVIOUS = 'JWT_SECRET_PREVIOUS'
/** Begins the comment by which the file tells how far its rotation is. */
const NOTE = 'miniprogram-login keys rotate:'

/** How far a rotation is: after how many of its three steps. */
export interface Rotation {
  readonly step: 0 | 1 | 2
  /** When that step was taken, in milliseconds since 1970; undefined where nobody noted it. */
  readonly takenAt?: number
}

export interface RotationFile {
  readonly text: string
  /** What the file sets the two secrets to. */
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
  if (file.previous === undefined) {
    if (named === undefined) return { step: 0 }
    throw new UsageError(`--step ${named}: 没有 ${PREVIOUS} · there is no ${PREVIOUS}`)
  }
  const noted = readNote(file)
  if (noted && (named === undefined || named === noted.step + 1)) return noted
  if (noted)
    throw new UsageError(`--step: 下一步是 ${noted.step + 1} · step ${noted.step + 1} comes next`)
  if (named !== undefined) return { step: named === 2 ? 1 : 2 }
  throw new RotationRefused(
    `${PREVIOUS} 已设，但不是由本命令设的，不知道哪一把是新的。新的在 ${PREVIOUS} 里：--step 2；旧的在那里：--step 3\n` +
      `${PREVIOUS} is set, and not by this command: which one is the newer is not known. The newer one is in ${PREVIOUS}: --step 2. The older one is there: --step 3`,
  )
}

function readNote({ text, secret, previous = '' }: RotationFile): Rotation | undefined {
  const note = new EnvText(text).note(NOTE)
  const [, step, time = '', marks] = /^step ([12]) of 3, (\S+), (.+)$/.exec(note ?? '') ?? []
  if (marks !== marksOf(secret, previous)) return undefined
  const takenAt = Date.parse(time)
  return Number.isNaN(takenAt) ? undefined : { step: step === '1' ? 1 : 2, takenAt }
}

function marksOf(secret: string, previous: string): string {
  return `${SECRET} ${fingerprint(secret)}, ${PREVIOUS} ${fingerprint(previous)}`
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
  const { text, secret, previous = '' } = file
  const lines = new EnvText(text)
  if (step === 2) {
    const rest = lines.remove(PREVIOUS).removeNote(NOTE)
    return { text: rest.toString(), secret, previous: undefined }
  }
  const [signing, other] = step === 0 ? [secret, newSecret] : [previous, secret]
  const note = `step ${step + 1} of 3, ${new Date(now).toISOString()}, ${marksOf(signing, other)}`
  const changed = (step === 0 ? lines : lines.set(SECRET, quoted(signing), SECRET))
    .set(PREVIOUS, quoted(other), SECRET)
    .setNote(NOTE, note, PREVIOUS)
  return { text: changed.toString(), secret: signing, previous: other }
}

/** A value that holds a # or white space needs quotes. The file is read back before it counts. */
function quoted(value: string): string {
  return /^[\w+/=.-]+$/.test(value) ? value : `'${value}'`
}

/** How many lines must set each secret: two lines of one name are no safe ground. */
export function problemWithLines(text: string): string | undefined {
  const lines = new EnvText(text)
  if (lines.count(SECRET) === 0) {
    return `${SECRET} 不在 .env 里，没有可轮换的 · ${SECRET} is not in .env: there is nothing to rotate`
  }
  const twice = [SECRET, PREVIOUS].find(name => lines.count(name) > 1)
  return (
    twice &&
    `.env 里 ${twice} 有两行，先删去一行 · ${twice} has two lines in .env: take one out first`
  )
}
