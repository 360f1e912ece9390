import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { LoginError } from '../errors'
import type { Log } from '../log'
import { WxRefused } from './errcode'
import type { AccessToken, FetchToken } from './stable-token'

/** Where instances share their tokens. What it throws is logged, and done without. */
export interface AccessTokenShelf {
  read(appid: string): Promise<AccessToken | undefined>
  write(appid: string, token: AccessToken): Promise<void>
  /** Removes the token if it is still this one. */
  drop(appid: string, value: string): Promise<void>
  /**
   * Takes the right to ask WeChat, and resolves to how it is given back; undefined while another
   * has it. It ends by itself after that time.
   */
  lease(appid: string, ms: number): Promise<(() => Promise<unknown>) | undefined>
}

export interface AccessTokens {
  /** @throws LoginError `unknown_appid`, or whatever kept WeChat from giving one */
  get(appid: string): Promise<AccessToken>
  /** Another token than this one, which WeChat refused; whoever comes second gets the new one. */
  replace(appid: string, refused: string): Promise<AccessToken>
}

export interface AccessTokensOptions {
  fetchToken: FetchToken
  appids: ReadonlySet<string>
  shelf: AccessTokenShelf
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
  /** How far into its last five minutes a token is renewed. Default: random, for each token. */
  jitterMs?: () => number
}

/** In the last five minutes of a token WeChat gives the next one, and both work. */
const WINDOW_MS = 300_000
const LATEST_JITTER_MS = 120_000
/** A token with so little life left is not handed out any more. */
const MARGIN_MS = 10_000
/** WeChat may see the window a moment later than we do, and then gives the same token again. */
const RENEW_PAUSE_MS = 30_000
/** A token that WeChat refuses and still gives out is not asked for anew at every call. */
const UNCHANGED_PAUSE_MS = 1000
/**
 * How long one instance keeps the others from asking, and how long they wait for it. WeChat gives
 * all who ask the same token, so this saves calls and nothing depends on it.
 */
const LEASE_MS = 1000
const POLL_MS = 50

interface Held extends AccessToken {
  readonly renewAt: number
}

/** What this process knows of one app's token. */
interface Entry {
  held?: Held | undefined
  /** The one request under way. */
  pending?: Promise<Held> | undefined
  /** The token that WeChat refused last: it is not taken from the shelf again. */
  refused?: string | undefined
  /** When WeChat last gave the token that it had refused. */
  unchangedAt?: number
  /** Why WeChat gave none; it is not asked again at once. */
  failure?: { error: unknown; at: number; waitMs: number } | undefined
}

/**
 * The access_token of each app: asked for when it is needed, renewed behind the callers' backs in
 * its last five minutes, by one request in this process and, where that can be had, by one instance
 * of all.
 */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const {
    fetchToken,
    appids,
    shelf,
    now,
    log,
    jitterMs = () => randomInt(LATEST_JITTER_MS),
  } = options
  const entries = new Map<string, Entry>()

  function entryOf(appid: string): Entry {
    if (!appids.has(appid)) throw new LoginError('unknown_appid')
    const entry = entries.get(appid) ?? {}
    entries.set(appid, entry)
    return entry
  }

  async function get(appid: string): Promise<AccessToken> {
    const entry = entryOf(appid)
    const { held } = entry
    if (!held || !isUsable(held)) return renew(appid, entry)
    // Whoever asks now need not wait, nor hear of it if WeChat gives none yet.
    if (now() >= held.renewAt) renew(appid, entry).catch(() => {})
    return held
  }

  function renew(appid: string, entry: Entry): Promise<Held> {
    entry.pending ??= obtain(appid, entry).finally(() => {
      entry.pending = undefined
    })
    return entry.pending
  }

  async function obtain(appid: string, entry: Entry): Promise<Held> {
    const failure = failedLately(entry)
    if (failure) {
      // WeChat is left alone. Another instance may have had better luck.
      const shared = await fromShelf(appid, entry)
      if (shared) return shared
      throw failure.error
    }
    for (const begun = performance.now(); ; await sleep(POLL_MS)) {
      const release = await lease(appid)
      try {
        // Only now: whoever had the lease before may have just put a token there.
        const shared = await fromShelf(appid, entry)
        if (shared) return shared
        if (release || performance.now() - begun > LEASE_MS) return await ask(appid, entry)
      } finally {
        if (release) void done(release(), appid)
      }
    }
  }

  async function fromShelf(appid: string, entry: Entry): Promise<Held | undefined> {
    const shared = await done(shelf.read(appid), appid)
    return shared && isNew(shared, entry) ? keep(entry, shared) : undefined
  }

  /** Without a shelf there is nobody to wait for. */
  function lease(appid: string): ReturnType<AccessTokenShelf['lease']> {
    return shelf.lease(appid, LEASE_MS).catch(error => {
      notShared(error, appid)
      return async () => {}
    })
  }

  async function ask(appid: string, entry: Entry): Promise<Held> {
    let token: AccessToken
    try {
      token = await fetchToken(appid)
    } catch (error) {
      entry.failure = { error, at: now(), waitMs: pauseAfter(error) }
      throw error
    }
    if (token.value === entry.refused) {
      entry.unchangedAt = now()
      log.warn('access_token_unchanged', { appid })
    }
    await done(shelf.write(appid, token), appid)
    return keep(entry, token)
  }

  function keep(entry: Entry, token: AccessToken): Held {
    const window = token.expiresAt - WINDOW_MS + jitterMs()
    entry.held = { ...token, renewAt: Math.max(window, now() + RENEW_PAUSE_MS) }
    entry.failure = undefined
    // Given out again after it was refused: then WeChat stands by it.
    if (entry.refused === token.value) entry.refused = undefined
    return entry.held
  }

  const isUsable = ({ expiresAt }: AccessToken) => now() < expiresAt - MARGIN_MS

  const isNew = (token: AccessToken, { held, refused }: Entry) =>
    isUsable(token) && token.value !== refused && token.value !== held?.value

  function failedLately({ failure }: Entry): Entry['failure'] {
    return failure && isWithin(failure.waitMs, failure.at) ? failure : undefined
  }

  /** Whether it was so lately; a clock that was set back ends that at once. */
  function isWithin(ms: number, at = Number.NEGATIVE_INFINITY): boolean {
    return now() >= at && now() - at < ms
  }

  async function done<T>(work: Promise<T>, appid: string): Promise<T | undefined> {
    return work.catch(error => {
      notShared(error, appid)
      return undefined
    })
  }

  function notShared(error: unknown, appid: string): void {
    const reason = error instanceof LoginError ? error.reason : 'unknown'
    log.warn('access_token_not_shared', { appid, reason })
  }

  return {
    get,
    async replace(appid, refused) {
      const entry = entryOf(appid)
      const expire = () => {
        entry.held = undefined
        entry.refused = refused
      }
      if (entry.held?.value === refused) {
        if (isWithin(UNCHANGED_PAUSE_MS, entry.unchangedAt)) return entry.held
        expire()
        await done(shelf.drop(appid, refused), appid)
      }
      const wasUnderWay = entry.pending !== undefined
      const token = await get(appid)
      if (token.value !== refused || !wasUnderWay) return token
      // That request had left before WeChat refused the token.
      expire()
      return get(appid)
    },
  }
}

/** WeChat said why: hammering on changes nothing. It could not be asked: that may be over soon. */
function pauseAfter(error: unknown): number {
  if (!(error instanceof WxRefused)) return 1000
  return (error.retryAfter ?? 10) * 1000
}
