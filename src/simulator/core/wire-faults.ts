import type { Socket } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { createGzip } from 'node:zlib'
import { type Answer, half } from './answer'
import { type NamedFaults, spent, type Target, unspent } from './named-faults'

const DRIP_MS = 1000
const MEGABYTE = 1024 * 1024
const HUGE_MEGABYTES = 200
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'

/** The client must hold the half body before the connection breaks. */
const BREAK_AFTER_MS = 20

/** The connection itself misbehaves. */
export const WIRE_FAULTS = {
  /** The request is read and never answered. */
  never: unspent(() => {}),
  /** Headers, then one byte a second for ever. */
  drip: spent(({ res, socket }) => {
    // A length that dripping reaches in eleven days, so that no client can think it is done.
    res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 1_000_000 })
    res.write('{')
    everySecond(socket, () => res.write(' '))
  }),
  /** One byte of a header a second, for ever. */
  headdrip: spent(({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nX-Drip: ')
    everySecond(socket, () => socket.write('.'))
  }),
  /** RST before the first byte of the answer. */
  reset: spent(({ socket }) => reset(socket)),
  /** The same, only on a connection that has idled: the request and the server's RST cross. */
  stale: { ...unspent(({ socket }) => reset(socket)), reusedOnly: true },
  /** Half the body, then RST. */
  resetmid: spent(target => breakOff(target, () => reset(target.socket))),
  /** Half the body, then an orderly close. */
  closemid: spent(target => breakOff(target, () => target.socket.end())),
  /** 200 MB without Content-Length, as fast as the client reads. */
  huge: unspent(({ res }) => {
    res.writeHead(200, { 'Content-Type': 'text/plain' })
    pipeline(Readable.from(hugeBody()), res, () => {})
  }),
  /** 200 MB that travel as about 200 KB of gzip. */
  gzipbomb: unspent(({ res }) => {
    res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' })
    pipeline(Readable.from(hugeBody()), createGzip(), res, () => {})
  }),
  /** Bytes that are not HTTP. */
  garbage: unspent(({ socket }) => socket.end('\u0016\u0003\u0001 this is not HTTP\r\n\r\n')),
  /** A header with illegal characters. */
  badheader: spent(({ socket, answer }) => {
    socket.end(
      `${HEAD}Bad Header\u0001: x\r\nContent-Length: ${length(answer)}\r\n\r\n${answer.body}`,
    )
  }),
  /** More bytes than Content-Length says: the body comes twice. */
  extrabytes: spent(({ socket, answer }) => {
    socket.end(`${HEAD}Content-Length: ${length(answer)}\r\n\r\n${answer.body}${answer.body}`)
  }),
} satisfies NamedFaults

/** RST. Node cannot send one under TLS: there the connection ends without a word. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}

function length(answer: Answer): number {
  return Buffer.byteLength(answer.body)
}

function everySecond(socket: Socket, act: () => void): void {
  const timer = setInterval(act, DRIP_MS)
  socket.once('close', () => clearInterval(timer))
}

function breakOff({ res, answer }: Target, end: () => void): void {
  res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': length(answer) })
  res.write(half(answer), () => setTimeout(end, BREAK_AFTER_MS))
}

/** The start of a JSON object, then 200 MB of one letter. */
function* hugeBody(): Generator<Buffer> {
  yield Buffer.from('{"id":"')
  const chunk = Buffer.alloc(MEGABYTE, 'o')
  for (let sent = 0; sent < HUGE_MEGABYTES; sent += 1) yield chunk
}
