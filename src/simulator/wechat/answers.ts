import { randomBytes } from 'node:crypto'
import type { Answer } from '../core/answer'
import type { RecordedCall } from '../core/call'
import { ERRCODES } from './errcodes'

/** `/sns/` answers are JSON labelled text/plain (captured 2018, 2021, 2024); the others are not. */
const TEXT = { 'Content-Type': 'text/plain' }
const JSON_LABEL = { 'Content-Type': 'application/json; charset=UTF-8' }

/** A success: these fields and no others. Only some APIs add errcode 0 and errmsg: they pass them. */
export function accept(call: RecordedCall, fields: Readonly<Record<string, unknown>>): Answer {
  return { status: 200, headers: isSns(call) ? TEXT : JSON_LABEL, body: JSON.stringify(fields) }
}

/**
 * A refusal: HTTP 200 with errcode and errmsg. A string errcode stays a string in the JSON. The
 * first group of the rid is the time of the call in hex seconds.
 */
export function refuse(call: RecordedCall, errcode: number | string): Answer {
  const number = Number(errcode)
  const tail = `${isSns(call) ? ',' : ''} rid: ${rid(call.at)}`
  const errmsg = `${ERRCODES[number] ?? 'unknown error'}${tail}`
  return { ...accept(call, { errcode, errmsg }), errcode: number }
}

function isSns(call: RecordedCall): boolean {
  return call.path.startsWith('/sns/')
}

/** `8hex-8hex-8hex`: Unix time, then two random groups. */
function rid(at: number): string {
  const time = Math.floor(at / 1000)
    .toString(16)
    .padStart(8, '0')
    .slice(-8)
  return `${time}-${randomBytes(4).toString('hex')}-${randomBytes(4).toString('hex')}`
}
