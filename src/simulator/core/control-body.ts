import type { Body } from './control'

interface Kinds {
  readonly string: string
  readonly number: number
  readonly boolean: boolean
  readonly object: Body
}
type Shape = Readonly<Record<string, keyof Kinds>>
type Fields<S extends Shape> = { -readonly [Name in keyof S]?: Kinds[S[Name]] }

/**
 * The fields of a control route's body. All of them may be absent.
 * @param shape field -> kind of value
 * @throws TypeError when the body has another field, or a value of another kind
 */
export function readFields<S extends Shape>(body: Body, shape: S): Fields<S> {
  for (const [name, value] of Object.entries(body)) {
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (kind === undefined) throw new TypeError(`"${name}" is not known here`)
    const isPlain = value !== null && !Array.isArray(value)
    if (!isPlain || typeof value !== kind) throw new TypeError(`"${name}" must be of type ${kind}`)
  }
  return body as Fields<S>
}

/** The value, if there is one. @throws TypeError when it is missing */
export function need<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new TypeError(`"${name}" is missing`)
  return value
}
