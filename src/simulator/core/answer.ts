import type { ServerResponse } from 'node:http'

/** One HTTP answer, before a fault spoils it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** The platform's error number, if the answer is a refusal. */
  readonly errcode?: number
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

/** The first half of the body's bytes. */
export function half(answer: Answer): Buffer {
  const body = Buffer.from(answer.body)
  return body.subarray(0, Math.floor(body.length / 2))
}
