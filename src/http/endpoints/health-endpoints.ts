import { z } from 'zod'
import { LoginError } from '../../errors'
import { VERSION } from '../../version'
import { errorHeaders, sendJson } from '../answer'
import { contextOf } from '../context'
import type { Endpoint } from '../endpoint'
import { partsAnswer } from '../error-answer'
import type { PartState } from '../readiness'

/**
 * The process runs. Asks no store: an orchestrator would restart healthy instances because of a
 * store that is down.
 */
export const livezEndpoint: Endpoint = {
  words: { summary: { zh: '进程活着，与版本', en: 'The process runs; its version.' } },
  request: {},
  answer: { status: 200, body: z.strictObject({ status: z.literal('ok'), version: z.string() }) },
  errors: [],
  handle(req, res) {
    sendJson(req, res, 200, { status: 'ok', version: VERSION })
  },
}

const readyzAnswer = z.strictObject({
  status: z.literal('ready'),
  /** Only where the simulator's app is configured: then anybody can log in as anybody. */
  simulator: z.literal(true).optional(),
  parts: partsAnswer.optional(),
})

export const readyzEndpoint: Endpoint = {
  words: {
    summary: {
      zh: '能否登录：试一遍登录要写的东西，写不进或正在退出时 503',
      en: 'Logins can be served: it tries what a login writes; 503 when that fails or the process is stopping.',
    },
    answer: {
      zh: '出示正确的 `X-Internal-Token` 时，200 与 503 都带 `parts`：哪一部分不行',
      en: 'with the right `X-Internal-Token` a 200 and a 503 have `parts`: which part is down',
    },
  },
  request: { headers: z.object({ 'x-internal-token': z.string().optional() }) },
  answer: { status: 200, body: readyzAnswer },
  errors: ['misconfigured', 'store_unavailable', 'overloaded', 'shutting_down'],
  async handle(req, res, { lookAtParts, hasSimulatedApp, showsInternalToken }) {
    const states = await lookAtParts()
    const fault = states.find(state => state.fault !== undefined)?.fault
    const shown = showsInternalToken(req) ? { parts: inWords(states) } : {}
    if (fault !== undefined) {
      if (!shown.parts || !(fault instanceof LoginError)) throw fault
      const context = contextOf(req)
      context.error = fault
      const body = { ...fault.body(context.requestId), ...shown }
      return sendJson(req, res, fault.status, body, errorHeaders(fault))
    }
    const answer: z.output<typeof readyzAnswer> = {
      status: 'ready',
      ...(hasSimulatedApp && { simulator: true }),
      ...shown,
    }
    sendJson(req, res, 200, answer)
  },
}

/** `ok`, or the word that the log has for what is wrong: never a text of a server. */
function inWords(states: readonly PartState[]): z.output<typeof partsAnswer> {
  const words = states.map(({ part, fault }) => [part, fault === undefined ? 'ok' : wordOf(fault)])
  return Object.fromEntries(words)
}

function wordOf(fault: unknown): string {
  return fault instanceof LoginError ? (fault.reason ?? fault.code) : 'internal'
}
