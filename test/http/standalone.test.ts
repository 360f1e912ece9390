import type { Middleware } from '../../src/http/require-login'
import { createStandalone, type StandaloneOptions } from '../../src/http/standalone'
import type { Log } from '../../src/log'
import { callOnce } from '../support/call-once'
import { Clock } from '../support/clock'

const told: unknown[][] = []
const log: Log = { info() {}, warn() {}, error: (...line) => void told.push(line) }
const { now } = new Clock()
const app = (more: Partial<StandaloneOptions> = {}) =>
  createStandalone({ router: (_req, _res, next) => next(), now, log, ...more })

test('what the router leaves over is not found, and a path that names nothing is malformed', async () => {
  const nowhere = await callOnce(app(), http => http.get('/nowhere'))
  expect([nowhere.status, nowhere.body.error]).toEqual([404, 'not_found'])
  const undecodable = await callOnce(app(), http => http.get('/%E0%A4%A'))
  expect([undecodable.status, undecodable.body.error]).toEqual([400, 'invalid_request'])
})

test('what the router throws is a fault of ours, in our shape', async () => {
  const router = () => {
    throw new Error('canary')
  }
  const { status, text } = await callOnce(app({ router }), http => http.get('/'))
  expect([status, JSON.parse(text).error]).toEqual([500, 'internal'])
  expect(text).not.toContain('canary')
  expect(told).toEqual([['internal', expect.objectContaining({ stack: expect.any(String) })]])
})

test('an answer says neither that it is Express’s nor which version a client may keep', async () => {
  const { headers } = await callOnce(app(), http => http.get('/nowhere'))
  expect(headers).not.toHaveProperty('x-powered-by')
  expect(headers).not.toHaveProperty('etag')
})

test('a proxy is believed only where it is said to be one', async () => {
  const ipOf = async (trustProxy?: number) => {
    const lines: string[] = []
    const requestLog = { format: 'json', write: (line: string) => lines.push(line) } as const
    const trusting = app({ requestLog, ...(trustProxy !== undefined && { trustProxy }) })
    await callOnce(trusting, http => http.get('/').set('X-Forwarded-For', '203.0.113.9'))
    return JSON.parse(String(lines[0])).ip
  }
  expect(await ipOf(1)).toBe('203.0.113.9')
  expect(await ipOf()).not.toBe('203.0.113.9')
})

describe('who may read an answer', () => {
  const asked: string[] = []
  const allow: Middleware = (req, _res, next) => {
    asked.push(String(req.url))
    next()
  }
  const cors = { allow, preflight: () => allow }
  beforeEach(() => void asked.splice(0))

  test('is not said a second time of what the router answered', async () => {
    const router: Middleware = (_req, res) => void res.end()
    await callOnce(app({ router, cors }), http => http.get('/me').expect(200))
    expect(asked).toEqual([])
  })

  test('is said once of a path that is not there, and of a fault', async () => {
    await callOnce(app({ cors }), http => http.get('/nowhere').expect(404))
    const router = () => {
      throw new Error('canary')
    }
    await callOnce(app({ router, cors }), http => http.get('/fault').expect(500))
    expect(asked).toEqual(['/nowhere', '/fault'])
  })
})
