import { LoginError } from '../../src/errors'
import type { UpstreamClient } from '../../src/upstream/client'
import { Unreachable, unreachableBy } from '../../src/upstream/unreachable'
import { countFetches, countRequests } from '../../src/wx/wechat-counts'
import { WxRefused } from '../../src/wx/wx-refused'
import { WxUnreachable } from '../../src/wx/wx-unreachable'

type Told = [api: string, end: unknown, isTime: boolean]

function counting(answer: () => Promise<unknown>) {
  const told: Told[] = []
  const inner = { get: answer, post: answer, close() {}, timeoutMs: 1, maxSockets: 2 }
  const client = countRequests(inner as UpstreamClient, {
    request: (api, end, ms) => void told.push([api, end, ms >= 0]),
    fetch() {},
  })
  return { client, told }
}

test.each([
  [{ openid: 'x' }, 'success'],
  [{ errcode: 0 }, 'success'],
  [{ errcode: 40029 }, 40029],
  [{ errcode: '40163' }, 40163],
  [{ errcode: 'x' }, 'bad_answer'],
  ['a text', 'bad_answer'],
  [null, 'bad_answer'],
])('the answer %j is counted as %s, and handed on', async (body, end) => {
  const { client, told } = counting(async () => body)
  expect(await client.get('/a', { query: {} })).toBe(body)
  expect(await client.post('/b', { query: {}, json: {} })).toBe(body)
  expect(told).toEqual([
    ['/a', end, true],
    ['/b', end, true],
  ])
})

test('a request without an answer is counted by its kind', async () => {
  const silence = new Unreachable('timeout', { sent: true, reason: 'deadline' })
  const { client, told } = counting(() => Promise.reject(silence))
  await expect(client.get('/a', { query: {} })).rejects.toBe(silence)
  expect(told).toEqual([['/a', 'timeout', true]])
})

test('a certificate that was refused is counted apart: to wait is no help', async () => {
  const error = Object.assign(new Error(), { code: 'CERT_HAS_EXPIRED' })
  const refused = unreachableBy(error, { sent: false, isLate: false })
  const { client, told } = counting(() => Promise.reject(refused))
  await expect(client.get('/a', { query: {} })).rejects.toBe(refused)
  expect(told).toEqual([['/a', 'untrusted', true]])
})

test('a call that was turned away here asked WeChat nothing, and is not counted', async () => {
  const { client, told } = counting(() => Promise.reject(new LoginError('overloaded')))
  await expect(client.get('/a', { query: {} })).rejects.toThrow()
  expect(told).toEqual([])
})

test('the rest of the client is as before', () => {
  const { client } = counting(async () => ({}))
  expect([client.timeoutMs, client.maxSockets]).toEqual([1, 2])
})

const unreachable = new Unreachable('timeout', { sent: true, reason: 'deadline' })

test.each([
  [undefined, 'success'],
  [new WxRefused(40125, { errmsg: '', now: 0 }), 'refused'],
  [new WxUnreachable('timeout', unreachable), 'failed'],
] as const)(
  'an access_token that was asked for and ended with %s is a %s',
  async (error, outcome) => {
    const told: unknown[] = []
    const token = { value: 'x', expiresAt: 1 }
    const fetchToken = countFetches(
      async () => {
        if (error) throw error
        return token
      },
      { request() {}, fetch: (...fetched) => void told.push(fetched) },
    )
    const asked = fetchToken({ appid: 'wx1', origin: {} })
    if (error) await expect(asked).rejects.toBe(error)
    else expect(await asked).toBe(token)
    expect(told).toEqual([['wx1', outcome]])
  },
)
