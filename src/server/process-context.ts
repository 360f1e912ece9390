import type { ServerConfig } from '../config/read-environment'
import type { Log } from '../log'
import type { LogSink } from '../log-sink'
import type { Patience } from '../patience'
import type { MovingClock } from '../playground/moving-clock'

/** What one process needs to know to serve, or to have others serve. */
export interface ProcessContext {
  readonly config: ServerConfig
  readonly log: Log
  readonly sink: LogSink
  readonly patience: Patience
  /** Where the simulator answers, if it stands in for WeChat. */
  readonly simulatorUrl: string | undefined
  /** The clock that the playground may put forward: on the simulator, in a single process. */
  readonly clock?: MovingClock | undefined
}

/** A port that listens, in this process or in several. */
export interface Started {
  readonly port: number
  /** `atOnce`: without the time in which the server serves on for the sake of load balancers. */
  stop(options: { atOnce: boolean }): Promise<void>
}
