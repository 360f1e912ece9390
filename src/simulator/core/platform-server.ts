import { type RecordedCall, readCall, redact } from './call'
import { CallLog } from './call-log'
import { answerControl, bindRoutes, type ControlRoutes, isControl } from './control'
import { CONTROL_ROUTES } from './control-routes'
import { answerCall } from './exchange'
import type { Fault, FaultOptions } from './fault'
import { FaultQueue } from './fault-queue'
import { type Arrival, HttpServer, type ListenOptions, type TlsFiles } from './http-server'
import type { Platform } from './platform'

/** A simulated platform, over HTTP. */
export interface PlatformServer<Name extends string> {
  /**
   * Starts to listen, by default on 127.0.0.1 and a free port.
   * @returns the base URL, without a slash at its end
   * @throws what node:net throws, e.g. EADDRINUSE
   */
  listen(options?: ListenOptions): Promise<string>
  /** The base URL. @throws Error when it does not listen */
  readonly url: string
  /**
   * The next calls of the platform go wrong. Faults wait in line, each for its own calls.
   * @throws TypeError when the fault or an option is not one of those documented
   */
  fail(fault: Fault<Name>, options?: FaultOptions): void
  /** How often each API was called since the start or the last reset: path -> calls. */
  readonly counts: Readonly<Record<string, number>>
  /** Every request to the platform, in order of arrival, unredacted. A live view. */
  readonly calls: readonly RecordedCall<Name>[]
  /** Forgets calls and faults, and what the platform wants to forget. */
  reset(): void
  /** Stops, and breaks every connection, hung ones too. */
  close(): Promise<void>
}

/** How the server behaves, whatever the platform is. */
export interface PlatformServerOptions {
  /** The clock, ms since 1970. */
  readonly now: () => number
  /** How long each answer of the platform waits, ms. Default 0. */
  readonly latencyMs?: number
  /** How many calls are kept, the newest. Default 100,000. */
  readonly maxCalls?: number
  /** A certificate and its key, PEM: the server speaks https. Default: http. */
  readonly tls?: TlsFiles
}

/** Builds the server; nothing happens before `listen`. @throws TypeError on a bad option */
export function createPlatformServer<Name extends string>(
  platform: Platform<Name>,
  { now, latencyMs = 0, maxCalls = 100_000, tls }: PlatformServerOptions,
): PlatformServer<Name> {
  if (!(latencyMs >= 0)) throw new TypeError('"latencyMs" must be a number from 0')
  if (!(maxCalls >= 1)) throw new TypeError('"maxCalls" must be a number from 1')
  const log = new CallLog<Name>(maxCalls)
  const faults = new FaultQueue(platform.faults)
  const exchange = { platform, faults, latencyMs, now, url: () => http.url }

  const receive = async (arrival: Arrival): Promise<void> => {
    // A caller that breaks off in the middle of its request needs no answer: `readCall` throws.
    const call = await readCall(arrival.req, now())
    if (isControl(call)) return answerControl(call, arrival.res, control)
    log.add(call, platform.endpointAt(call.path) !== undefined)
    answerCall(call, arrival, exchange)
  }
  const http = new HttpServer(receive, tls)
  const server = serve({ http, log, faults, platform })
  const control = controlOf(server, platform)
  return server
}

interface Parts<Name extends string> {
  readonly http: HttpServer
  readonly log: CallLog<Name>
  readonly faults: FaultQueue<Name>
  readonly platform: Platform<Name>
}

function serve<Name extends string>(parts: Parts<Name>): PlatformServer<Name> {
  const { http, log, faults, platform } = parts
  return {
    listen: options => http.listen(options),
    get url() {
      return http.url
    },
    fail: (fault, options) => faults.add(fault, options),
    get counts() {
      return log.counts
    },
    calls: log.calls,
    reset() {
      log.forget()
      faults.forget()
      platform.forget()
    },
    close: () => http.close(),
  }
}

/** The platform's own control routes first, then those that every platform has. */
function controlOf<Name extends string>(
  server: PlatformServer<Name>,
  { controlRoutes, secretFields }: Platform<Name>,
): ControlRoutes {
  const controlled = {
    shownCalls: () => server.calls.map(call => redact(call, secretFields)),
    counts: () => server.counts,
    fail: server.fail,
    reset: server.reset,
  }
  return { ...controlRoutes, ...bindRoutes(CONTROL_ROUTES, controlled) }
}
