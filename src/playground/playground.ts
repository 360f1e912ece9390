import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request, Response } from 'express'
import { LoginError } from '../errors'
import { begin, sendError, sendJson } from '../http/answer'
import { bodyOf, jsonBody } from '../http/json-body'
import type { Middleware } from '../http/require-login'
import type { Log } from '../log'
import { isFromAnotherPage, isFromThisMachine } from './local-request'
import type { MovingClock } from './moving-clock'
import { readPageFiles } from './page-files'
import { createSimulatorRelay, type RelayAnswer, type SimulatorRelay } from './simulator-relay'

export interface PlaygroundOptions {
  /** Where the simulator answers. */
  simulatorUrl: string
  /** The clock of this server and of the simulator, where the page may put it forward. */
  clock: MovingClock | undefined
  log: Log
}

const OWN = '/playground/'
const RELAYED = '/playground/simulator'
const CALLS = '/playground/calls'
const CLOCK = '/playground/clock'
const READING = ['GET', 'HEAD']

/**
 * The development page at `GET /`, and what the page needs beside the service's own routes. It is
 * mounted only where the simulator stands in for WeChat, and answers only to a person at this
 * machine: for anybody else there is nothing here.
 */
export function createPlayground({ simulatorUrl, clock, log }: PlaygroundOptions): Middleware {
  const files = readPageFiles()
  const relay = createSimulatorRelay(simulatorUrl)

  async function tell(path: string): Promise<RelayAnswer> {
    return path === CALLS ? relay.calls() : { status: 200, body: timeOf(clock) }
  }

  async function change(path: string, body: object): Promise<RelayAnswer> {
    if (path === CLOCK && clock) {
      putForward(clock, body)
      return { status: 200, body: timeOf(clock) }
    }
    return relay.ask(relayedPath(path), body)
  }

  async function answer(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    const methods = files.has(path) ? READING : methodsOf(path, clock, relay)
    if (isFromAnotherPage(req) || !methods) throw new LoginError('not_found')
    if (!methods.includes(req.method ?? '')) {
      throw new LoginError('method_not_allowed', { allow: methods.join(', ') })
    }
    const answered = req.method === 'POST' ? change(path, await readBody(req, res)) : tell(path)
    const { status, body } = await answered
    sendJson(req, res, status, body)
  }

  return (req, res, next) => {
    const path = (req.url ?? '').split('?', 1)[0] ?? ''
    if ((path !== '/' && !path.startsWith(OWN)) || !isFromThisMachine(req)) return next()
    const file = READING.includes(req.method ?? '') ? files.get(path) : undefined
    if (file) {
      const nonce = randomBytes(16).toString('base64')
      sendFile(req, res, { type: file.type, text: file.text(nonce), nonce })
    } else if (path === '/') next()
    else answer(req, res, path).catch((error: unknown) => sendError(req, res, error, { log }))
  }
}

/** The methods of what is at a path beside the page's files, if anything is. */
function methodsOf(
  path: string,
  clock: MovingClock | undefined,
  relay: SimulatorRelay,
): readonly string[] | undefined {
  if (path === CLOCK) return clock ? [...READING, 'POST'] : READING
  if (path === CALLS) return READING
  return relay.allows(relayedPath(path)) ? ['POST'] : undefined
}

/** The simulator's own name for a path; empty where it is not about the simulator. */
function relayedPath(path: string): string {
  return path.startsWith(RELAYED) ? path.slice(RELAYED.length) : ''
}

/** Milliseconds since 1970, and whether the page may put the clock forward. */
function timeOf(clock: MovingClock | undefined): object {
  const now = clock?.now() ?? Date.now()
  return { now, ahead_seconds: clock?.aheadSeconds ?? 0, moves: clock !== undefined }
}

function putForward(clock: MovingClock, body: object): void {
  try {
    clock.forward((body as { seconds?: number }).seconds ?? Number.NaN)
  } catch {
    throw new LoginError('invalid_request', { field: 'seconds' })
  }
}

/** A body must be JSON by its label: no form of another page's can send that. */
function readBody(req: IncomingMessage, res: ServerResponse): Promise<object> {
  return new Promise((resolve, reject) => {
    jsonBody(req as Request, res as Response, (error?: unknown) => {
      if (error) reject(error)
      else resolve(bodyOf(req as Request))
    })
  })
}

interface FileAnswer {
  readonly type: string
  readonly text: string
  readonly nonce: string
}

function sendFile(req: IncomingMessage, res: ServerResponse, answer: FileAnswer): void {
  const { type, text, nonce } = answer
  begin(req, res, 200)
  res.writeHead(200, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Content-Security-Policy': policyWith(nonce),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
  })
  res.end(req.method === 'HEAD' ? undefined : text)
}

/** Only this page's own files run, nothing turns text into markup, and nothing leaves the origin. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}
