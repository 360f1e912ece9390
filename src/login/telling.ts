import { type Events, type FailureOfUser, failureOf, type LoginEvent, type Origin } from '../events'

/** What every event of a decision carries. */
export interface Circumstances extends Origin {
  readonly durationMs: number
  readonly sharers?: number
  readonly sharedBy?: readonly string[]
}

export interface TellingOptions<T> {
  events: Pick<Events, 'tell'>
  origin: Origin
  /** Callers that share the answer. Others may join until the work is done. */
  sharers?: readonly Origin[]
  /** The event of a success, where there is anything to tell. */
  done: (answer: T, circumstances: Circumstances) => LoginEvent | undefined
  /** The event of a failure. */
  failed: (failure: FailureOfUser, circumstances: Circumstances) => LoginEvent
}

/** A line with more request ids than this could be longer than a pipe takes whole. */
const MOST_REQUEST_IDS = 20

/** Does the work, tells how it ended, and gives back its answer or its error. */
export async function telling<T>(
  { events, origin, sharers = [], done, failed }: TellingOptions<T>,
  work: () => Promise<T>,
): Promise<T> {
  const begun = performance.now()
  const circumstances = (): Circumstances => ({
    requestId: origin.requestId,
    ip: origin.ip,
    durationMs: performance.now() - begun,
    ...(sharers.length > 0 && { sharers: sharers.length, sharedBy: requestIdsOf(sharers) }),
  })
  try {
    const answer = await work()
    const event = done(answer, circumstances())
    if (event) events.tell(event)
    return answer
  } catch (error) {
    events.tell(failed(failureOf(error), circumstances()))
    throw error
  }
}

function requestIdsOf(origins: readonly Origin[]): readonly string[] {
  return origins.flatMap(({ requestId }) => requestId ?? []).slice(0, MOST_REQUEST_IDS)
}
