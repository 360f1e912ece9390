import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'

import { ERRCODES } from './errcodes'

/** One HTTP answer, before a fault spoils it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** Set when WeChat refuses. */
  readonly errcode?: number
}

/** `/sns/` answers are JSON labelled text/plain (captured 2018, 2021, 2024). */
const TEXT = { 'Content-Type': 'text/plain' }

/** A success: the fields alone. Real answers carry no errcode, whatever the page's sample shows. */
export function accept(fields: Readonly<Record<string, unknown>>): Answer {
  return { status: 200, headers: TEXT, body: JSON.stringify(fields) }
}

/**
 * A refusal: HTTP 200 with errcode and errmsg. A string errcode stays a string in the JSON.
 * @param now the simulator's clock, ms: the first group of the rid is that time in hex seconds
 */
export function refuse(errcode: number | string, now: number): Answer {
  const number = Number(errcode)
  const errmsg = `${ERRCODES[number] ?? 'unknown error'}, rid: ${rid(now)}`
  return {
    status: 200,
    headers: TEXT,
    body: JSON.stringify({ errcode, errmsg }),
    errcode: number,
  }
}

/** Writes the answer whole, with the Date of the simulator's clock and its exact Content-Length. */
export function send(res: ServerResponse, answer: Answer, now: number): void {
  res.sendDate = false
  res.writeHead(answer.status, {
    Date: new Date(now).toUTCString(),
    'Content-Length': Buffer.byteLength(answer.body),
    ...answer.headers,
  })
  res.end(answer.body)
}

/** `8hex-8hex-8hex`: Unix time, then two random groups. */
function rid(now: number): string {
  const time = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0')
    .slice(-8)
  return `${time}-${randomBytes(4).toString('hex')}-${randomBytes(4).toString('hex')}`
}
