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
      const text =
        format === 'json'
          ? jsonLine({ time, level, event, ...fields })
          : printable(`${level === 'info' ? '' : `${level} `}${event}${pairs(fields)}`)
      write(redact(text, secrets))
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

function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function pairs(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${value}`)
    .join('')
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((safe, secret) => safe.replaceAll(secret, '[redacted]'), text)
}

/** A sink that never stops the service: a full pipe or disk drops lines and counts them. */
export interface LogSink {
  write(line: string): void
  /** Lines lost because the sink was closed or full. */
  readonly dropped: number
  /** Writes out what is waiting; for the moment before the process ends. */
  flush(): void
}

const MAX_WAITING_BYTES = 8 * 1024 * 1024

/** Standard output, written off the event loop: a plain `process.stdout` blocks on a full pipe. */
export function createStdoutSink(fd = 1): LogSink {
  const stream = new SonicBoom({ fd, sync: false, maxLength: MAX_WAITING_BYTES })
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
    flush() {
      if (broken) return
      try {
        stream.flushSync()
      } catch {
        broken = true
      }
    },
  }
}
