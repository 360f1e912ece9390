import type { Answer } from '../core/answer'
import { jsonBody, type RecordedCall } from '../core/call'
import { refuse } from './answers'

/** What WeChat's gateway says to a body without Content-Length, whatever is in it. */
const PRECONDITION_FAILED: Answer = { status: 412, headers: {}, body: '' }

type JsonPost =
  | { readonly fields: Readonly<Record<string, unknown>> }
  | { readonly refusal: Answer }

/** The JSON object that a POST brings, or the answer to a call that does not bring one. */
export function readJsonPost(call: RecordedCall): JsonPost {
  if (call.method !== 'POST') return { refusal: refuse(call, 43002) }
  if (call.headers['transfer-encoding'] !== undefined) return { refusal: PRECONDITION_FAILED }
  if (call.body === '') return { refusal: refuse(call, 44002) }
  const fields = jsonBody(call)
  return fields === undefined ? { refusal: refuse(call, 47001) } : { fields }
}
