import SonicBoom from 'sonic-boom'

/** Takes lines and never stops the service: a full pipe or a full disk drops lines and counts them. */
export interface LogSink {
  /** Takes one line, without its line feed. */
  write(line: string): void
  /** Lines lost because the reader was gone or the buffer was full. */
  readonly dropped: number
  /** Writes out what is waiting, as far as `flushMs` allows. */
  flush(): Promise<void>
}

export interface SinkOptions {
  /** The file descriptor to write to: 1 is standard output, 2 standard error. */
  fd: number
  /** The longest that `flush` waits, in milliseconds. Default 500. */
  flushMs?: number
  /** Whether other processes, or other code of this one, write there too. Default true. */
  isShared?: boolean
}

const MAX_WAITING_BYTES = 8 * 1024 * 1024
/** A pipe takes so many bytes whole (PIPE_BUF): lines of several writers never run into each other. */
const MAX_SHARED_WRITE_BYTES = 4096
/**
 * A login writes two lines. Where nobody else writes, larger writes cost less: a login took 1.05 x
 * the CPU of a login with one line, and takes 1.01 x with these.
 */
const MAX_WRITE_BYTES = 64 * 1024

/** Writes off the event loop. `process.stdout` and `process.stderr` would block it on a full pipe. */
export function createSink({ fd, flushMs = 500, isShared = true }: SinkOptions): LogSink {
  const stream = new SonicBoom({
    fd,
    sync: false,
    maxLength: MAX_WAITING_BYTES,
    maxWrite: isShared ? MAX_SHARED_WRITE_BYTES : MAX_WRITE_BYTES,
  })
  let dropped = 0
  let isBroken = false
  stream.on('drop', () => dropped++)
  // Without a listener a reader that went away (EPIPE) or a full disk would end the process.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') isBroken = true
    else dropped++
  })
  return {
    write(line) {
      if (isBroken) dropped++
      else stream.write(`${line}\n`)
    },
    get dropped() {
      return dropped
    },
    flush: () =>
      new Promise(resolve => {
        // A synchronous flush would wait for ever on a pipe that nobody reads.
        const giveUp = setTimeout(resolve, flushMs)
        const done = () => {
          clearTimeout(giveUp)
          resolve()
        }
        if (isBroken) done()
        else stream.flush(done)
      }),
  }
}

interface TakenStream {
  write(text: string, done?: () => void): unknown
  on?(event: 'error', listener: () => void): unknown
}

/**
 * A sink for a stream that somebody else has taken over: PM2's cluster mode puts a function of its
 * own into the place of `process.stdout.write`, and what goes to the descriptor is seen by nobody.
 */
export function createStreamSink(stream: TakenStream, flushMs = 500): LogSink {
  let dropped = 0
  // In other clusters the stream is a pipe: without a listener a reader that went away ends the process.
  stream.on?.('error', () => dropped++)
  return {
    write(line) {
      try {
        stream.write(`${line}\n`)
      } catch {
        // Whoever took it is gone, and the channel to it is closed.
        dropped++
      }
    },
    get dropped() {
      return dropped
    },
    flush: () =>
      new Promise(resolve => {
        const giveUp = setTimeout(resolve, flushMs)
        try {
          stream.write('', () => {
            clearTimeout(giveUp)
            resolve()
          })
        } catch {
          clearTimeout(giveUp)
          resolve()
        }
      }),
  }
}
