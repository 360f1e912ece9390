import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'

import type { Answer } from './answer'
import { half } from './answer-faults'
import type { WireFault } from './faults'

/** One exchange that is about to go wrong. `answer` is WeChat's, or empty if it was never asked. */
export interface Exchange {
  readonly res: ServerResponse
  readonly socket: Socket
  readonly answer: Answer
}

const DRIP_MS = 1000
const MEGABYTE = 1024 * 1024
const HUGE_MEGABYTES = 200
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'

/** The half body must be in the client's hands before the connection breaks. */
const BREAK_AFTER_MS = 20

/** What each fault does to the connection. */
export const WIRE_FAULTS: Readonly<Record<WireFault, (exchange: Exchange) => void>> = {
  never: () => {},
  drip({ res, socket }) {
    // A length that dripping reaches in eleven days, so that no client can think it is done.
    res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 1_000_000 })
    res.write('{')
    everySecond(socket, () => res.write(' '))
  },
  headdrip({ socket }) {
    socket.write('HTTP/1.1 200 OK\r\nX-Drip: ')
    everySecond(socket, () => socket.write('.'))
  },
  reset: ({ socket }) => socket.resetAndDestroy(),
  stale: ({ socket }) => socket.resetAndDestroy(),
  resetmid: exchange => breakOff(exchange, () => exchange.socket.resetAndDestroy()),
  closemid: exchange => breakOff(exchange, () => exchange.socket.end()),
  huge({ res }) {
    res.writeHead(200, { 'Content-Type': 'text/plain' })
    pipeline(Readable.from(filler('{"openid":"', 'o')), res, () => {})
  },
  gzipbomb({ res }) {
    res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' })
    pipeline(Readable.from(filler('{"openid":"', 'o')), createGzip(), res, () => {})
  },
  garbage: ({ socket }) => socket.end('\u0016\u0003\u0001 this is not HTTP\r\n\r\n'),
  badheader({ socket, answer }) {
    socket.end(
      `${HEAD}Bad Header\u0001: x\r\nContent-Length: ${length(answer)}\r\n\r\n${answer.body}`,
    )
  },
  extrabytes({ socket, answer }) {
    socket.end(`${HEAD}Content-Length: ${length(answer)}\r\n\r\n${answer.body}{"openid":"extra"}`)
  },
}

function length(answer: Answer): number {
  return Buffer.byteLength(answer.body)
}

function everySecond(socket: Socket, act: () => void): void {
  const timer = setInterval(act, DRIP_MS)
  socket.once('close', () => clearInterval(timer))
}

function breakOff({ res, answer }: Exchange, end: () => void): void {
  res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': length(answer) })
  res.write(half(answer), () => setTimeout(end, BREAK_AFTER_MS))
}

function* filler(start: string, letter: string): Generator<Buffer> {
  yield Buffer.from(start)
  const chunk = Buffer.alloc(MEGABYTE, letter)
  for (let sent = 0; sent < HUGE_MEGABYTES; sent += 1) yield chunk
}
