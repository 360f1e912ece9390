import type { Answer } from './answer'
import type { RecordedCall } from './call'
import type { ControlRoutes } from './control'
import type { Fault } from './fault'
import type { NamedFaults } from './named-faults'

/** One address of the platform. */
export interface Endpoint {
  /** Reads the call, changes what the platform knows, and answers. */
  readonly answer: (call: RecordedCall) => Answer
  /** The code that the call brings; `''` if it brings none. Only where a code is exchanged. */
  readonly codeOf?: (call: RecordedCall) => string
  /** Spends that code and gives nothing for it. */
  readonly burn?: (call: RecordedCall) => void
}

/** What a platform hands over, so that core can serve it without knowing it. */
export interface Platform<Name extends string> {
  /** The endpoint at a path, or `undefined`: then the answer is an empty 404. */
  readonly endpointAt: (path: string) => Endpoint | undefined
  readonly faults: NamedFaults<Name>
  /** How the platform refuses a call with an errcode. */
  readonly refuse: (call: RecordedCall, errcode: number | string) => Answer
  /** The errcodes that the platform answers before it looks at the code. They leave it unspent. */
  readonly beforeTheCode: ReadonlySet<number>
  /** The fault that a code asks for by its name, if the code asks for one. */
  readonly faultOfCode: (code: string) => Fault<Name> | undefined
  /** Parts of the names of fields that no listing of calls may show. */
  readonly secretFields: readonly string[]
  /** The platform's own control routes, beside those of core. */
  readonly controlRoutes: ControlRoutes
  /** Forgets what `reset` promises to forget: codes, and how much of a quota is used. */
  readonly forget: () => void
}
