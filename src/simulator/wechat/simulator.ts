import type * as core from '../core/call'
import type { FaultOptions } from '../core/fault'
import type { TlsFiles } from '../core/http-server'
import type { PlatformServer } from '../core/platform-server'
import type { Apps } from './apps'
import type { Fault, TransportFault } from './faults'
import type { Operator } from './operator'
import type { Phone } from './phone'

/** A request as it reached the simulator, and how the simulator answered it. */
export type RecordedCall = core.RecordedCall<TransportFault>

/** How the simulated WeChat is set up. */
export interface SimulatorOptions {
  /**
   * appid -> AppSecret, or the two that are valid while it is being changed. The first is the
   * default app. Default: {@link SIMULATOR_APP} alone.
   */
  apps?: Apps
  /** The clock, ms since 1970. Default: `Date.now`. */
  now?: () => number
  /**
   * What to do with a code that was never minted here. `refuse` (default): 40029. `adopt`: a code
   * that looks real counts, at first sight, as a fresh code of the user `devtools`, so that a real
   * mini program in WeChat DevTools can log in.
   */
  unknownCodes?: 'refuse' | 'adopt'
  /** How long each answer of a WeChat path waits, ms. The code is spent before. Default 0. */
  latencyMs?: number
  /** How many calls are kept, the newest. Default 100,000. */
  maxCalls?: number
  /** A certificate and its key, PEM: the simulator speaks https. Default: http. */
  tls?: TlsFiles
}

/** A WeChat of our own, over HTTP. */
export interface Simulator extends PlatformServer<TransportFault>, Phone, Operator {
  /**
   * The next calls of WeChat paths go wrong. Faults wait in line, each for its own calls.
   * @throws TypeError when the fault or an option is not one of those documented
   */
  fail(fault: Fault, options?: FaultOptions): void
  /**
   * Forgets calls, faults, codes and how much of a quota is used. Users, their session keys,
   * blocks, bindings and access_tokens stay.
   */
  reset(): void
}
