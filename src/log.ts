import SonicBoom from 'sonic-boom'

export type LogFormat = 'dev' | 'json'
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Where the service tells its operator what happened. `event` is a fixed name, `fields` the facts. */
export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export interface LogOptions {
  /** `json`: one object a line. `dev`: one readable line. */
  format: LogFormat
  /** Takes one line, without its line feed. */
  write: (line: string) => void
  /** Values that no line may ever show, whatever a library puts into an error's text. */
  secrets?: readonly string[]
  /** Milliseconds since 1970. Default `Date.now`. */
  now?: () => number
}

export function createLog(options: LogOptions): Log {
  const { format, write, secrets = [], now = Date.now } = options
  const line =
    (level: string) =>
    (event: string, fields: LogFields = {}) => {
      const time = new Date(now()).toISOString()
      const safe = redact(fields, secrets)
      write(
        format === 'json'
          ? jsonLine({ time, level, event, ...safe })
          : printable(`${level === 'info' ? '' : `${level} `}${event}${pairs(safe)}`),
      )
    }
  return { info: line('info'), warn: line('warn'), error: line('error') }
}

/** A library stays silent about what goes well and speaks on standard error about what does not. */
export function createStderrLog(secrets: readonly string[]): Log {
  const log = createLog({
    format: 'dev',
    secrets,
    write: line => process.stderr.write(`miniprogram-login: ${line}\n`),
  })
  return { ...log, info: () => {} }
}

/**
 * JSON on one line, whatever the values hold: control characters, DEL, C1 and the two Unicode
 * line separators, which JSON leaves bare, are escaped, so that no request can forge a second line.
 */
export function jsonLine(fields: LogFields): string {
  return printable(JSON.stringify(fields))
}

const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/u

/** Text that stays on its line and leaves the terminal alone. */
export function printable(text: string): string {
  if (!UNPRINTABLE.test(text)) return text
  return text.replace(
    new RegExp(UNPRINTABLE, 'gu'),
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function pairs(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${value}`)
    .join('')
}

/** Before anything is escaped: an escaped secret would not be found. */
function redact(fields: LogFields, secrets: readonly string[]): LogFields {
  const safe = (text: string) =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text)
  const entries = Object.entries(fields)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? safe(value) : value]),
  )
}

/** A sink that never stops the service: a full pipe or disk drops lines and counts them. */
export interface LogSink {
  write(line: string): void
  /** Lines lost because the sink was closed or full. */
  readonly dropped: number
  /** Writes out what is waiting, as far as that goes within half a second. */
  flush(): Promise<void>
}

const MAX_WAITING_BYTES = 8 * 1024 * 1024
const FLUSH_MS = 500
/** The most that a pipe takes whole: lines of several processes never run into each other. */
const MAX_WRITE_BYTES = 4096

/** Standard output, written off the event loop: a plain `process.stdout` blocks on a full pipe. */
export function createStdoutSink(fd = 1): LogSink {
  const stream = new SonicBoom({
    fd,
    sync: false,
    maxLength: MAX_WAITING_BYTES,
    maxWrite: MAX_WRITE_BYTES,
  })
  let dropped = 0
  let broken = false
  stream.on('drop', () => dropped++)
  // Without a listener a closed reader (EPIPE) or a full disk would end the process.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') broken = true
    else dropped++
  })
  return {
    write(line) {
      if (broken) dropped++
      else stream.write(`${line}\n`)
    },
    get dropped() {
      return dropped
    },
    flush: () =>
      new Promise(resolve => {
        // A synchronous flush would wait for ever on a pipe that nobody reads.
        setTimeout(resolve, FLUSH_MS)
        if (broken) resolve()
        else stream.flush(() => resolve())
      }),
  }
}
