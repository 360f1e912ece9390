import { type Answer, refuse } from './answer'
import type { RecordedCall } from './call'

/** What WeChat's gateway says to a body without Content-Length, whatever is in it. */
const PRECONDITION_FAILED: Answer = { status: 412, headers: {}, body: '' }

type JsonPost =
  | { readonly fields: Readonly<Record<string, unknown>> }
  | { readonly refusal: Answer }

/** The JSON object that a POST brings, or the answer to a call that doesn't bring one. */
export function readJsonPost(call: RecordedCall): JsonPost {
  if (call.method !== 'POST') return { refusal: refuse(call, 43002) }
  if (call.headers['transfer-encoding'] !== undefined) return { refusal: PRECONDITION_FAILED }
  if (call.body === '') return { refusal: refuse(call, 44002) }
  const fields = jsonObject(call.body)
  return fields === undefined ? { refusal: refuse(call, 47001) } : { fields }
}

/** The object that the text says in JSON, or `undefined` if it says anything else. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
