import type { LoggedInUser, LoginCandidate, LoginHooks } from '../config/login-hooks'
import { LoginError } from '../errors'
import type { Events, Origin } from '../events'
import type { Log } from '../log'
import type { Patience } from '../patience'
import { startDeadline } from '../upstream/deadline'

export interface RunHooksOptions {
  hooks: LoginHooks
  patience: Pick<Patience, 'hookMs'>
  events: Pick<Events, 'tell'>
  log: Pick<Log, 'error'>
}

export interface RunHooks {
  /** @throws LoginError `login_refused` as the host's hook says, or `internal` */
  before(candidate: LoginCandidate, origin: Origin): Promise<void>
  /** Never rejects. */
  after(user: LoggedInUser, origin: Origin): Promise<void>
}

export function createRunHooks({ hooks, patience, events, log }: RunHooksOptions): RunHooks {
  /** Awaits a hook that may throw at once, reject, or never be done. */
  async function call(hook: keyof LoginHooks, answer: () => unknown, origin: Origin) {
    const answered = (async () => answer())()
    await startDeadline(patience.hookMs).within(answered, () => {
      // Nobody waits for it any more, and what it fails with is often why it was late.
      answered.catch((error: unknown) => logThrown(log, hook, error, origin))
      return late()
    })
  }

  function tellFailed(hook: keyof LoginHooks, error: unknown, origin: Origin): void {
    const reason = isLate(error) ? 'late' : 'threw'
    if (reason === 'threw') logThrown(log, hook, error, origin)
    const { requestId, ip } = origin
    events.tell({ type: 'hook.failed', hook, reason, requestId, ip })
  }

  return {
    async before(candidate, origin) {
      try {
        await call('beforeLogin', () => hooks.beforeLogin?.(candidate), origin)
      } catch (error) {
        if (isLoginRefused(error)) throw error.saying({ userId: candidate.userId })
        tellFailed('beforeLogin', error, origin)
        throw new LoginError('internal', { reason: 'hook_failed' })
      }
    },
    async after(user, origin) {
      try {
        await call('afterLogin', () => hooks.afterLogin?.(user), origin)
      } catch (error) {
        tellFailed('afterLogin', error, origin)
      }
    },
  }
}

/** A hook's own error may hold a person's data: the log has its stack, and the event does not. */
function logThrown(
  log: RunHooksOptions['log'],
  hook: keyof LoginHooks,
  error: unknown,
  at: Origin,
) {
  log.error('hook_threw', { hook, request_id: at.requestId, stack: stackOf(error) })
}

const late = () => new LoginError('internal', { reason: 'hook_late' })

function isLate(error: unknown): boolean {
  return error instanceof LoginError && error.reason === 'hook_late'
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : String(error)
}

function isLoginRefused(error: unknown): error is LoginError {
  return error instanceof LoginError && error.code === 'login_refused'
}
