import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')

interface Point {
  at: number
  hitShare?: number
  ratio: { median: number; min: number; max: number }
}
interface StoreResult {
  sessions: Point[]
  connections: Point[]
}
const { resultOf } = require('../../bench/scale-results.js') as {
  resultOf(
    store: { name: string; title: string; cached: number },
    rounds: Record<string, unknown>[],
    lines: { sizes: number[]; connections: number[] },
  ): StoreResult
}
const { scaleChart } = require('../../bench/scale-chart.js') as {
  scaleChart(result: { stores: StoreResult[] }): string
}
const { STORES } = require('../../bench/scale-stores.js') as {
  STORES: { name: string; cached: number }[]
}
const { createLoad } = require('../../bench/load.js') as {
  createLoad(): {
    run(
      job: object,
      onEvent?: (event: string) => void,
    ): Promise<{ latencies: Float64Array; refused: number }>
    stop(): Promise<void>
  }
}

const sample = (cpuUs: number) => ({
  ...{ cpuUs, storeUs: 0, refusedShare: 0, perSecond: 1, p50Ms: 1, p99Ms: 1 },
})
const round = (few: number, many: number) => ({
  'sessions 1000': sample(few),
  'sessions 1000000': sample(many),
  'connections 16': sample(few),
  'connections 4096': sample(many),
})
const STORE = { name: 'sqlite', title: 'SQLite', cached: 8192 }
const LINES = { sizes: [1000, 1_000_000], connections: [16, 4096] }
const result = resultOf(STORE, [round(40, 60), round(80, 80), round(50, 60)], LINES)

test('a point is compared with the first of its line, of the same round', () => {
  expect(result.sessions[1]?.ratio).toEqual({ median: 1.2, min: 1, max: 1.5 })
  expect(result.connections[1]?.ratio).toEqual({ median: 1.2, min: 1, max: 1.5 })
})

test('the share of remembered sessions is that of everybody coming equally often', () => {
  expect(result.sessions.map(({ hitShare }) => hitShare)).toEqual([1, 0.008192])
})

test('the memory of sessions that it counts with is the one in the code', () => {
  const cachedOf = (wanted: string) => STORES.find(({ name }) => name === wanted)?.cached
  const inCode = (file: string, name: string) => {
    const text = readFileSync(join(ROOT, 'src/store', file), 'utf8')
    return Number(new RegExp(`^const ${name} = ([\\d_]+)`, 'm').exec(text)?.[1]?.replace('_', ''))
  }
  expect(cachedOf('sqlite')).toBe(inCode('sql/remembered-sessions.ts', 'REMEMBERED_SESSIONS'))
  expect(cachedOf('redis')).toBe(inCode('redis/session-cache.ts', 'CACHED_SESSIONS'))
})

test('the chart has two lines for each store', () => {
  expect(scaleChart({ stores: [result, result] }).match(/<polyline /g)).toHaveLength(4)
})

test('a job that opens its connections first tells when all are open and when all is answered', async () => {
  let connections = 0
  const heard: [string, number][] = []
  const server = http.createServer((_req, res) => {
    res.writeHead(connections > 3 ? 503 : 200, { 'Content-Length': 2 }).end('ok')
  })
  server.on('connection', () => connections++)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const load = createLoad()
  const ask = { method: 'GET', path: '/', fill: 'plain', status: 200, contains: 'ok' }
  const job = {
    ...{ ...ask, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    ...{ connections: 3, ms: 10_000, maxRequests: 9, opensFirst: true },
  }
  const { latencies, refused } = await load.run(job, event => heard.push([event, connections]))
  expect([latencies.length, refused]).toEqual([9, 0])
  expect(heard).toEqual([
    ['open', 3],
    ['answered', 3],
  ])
  await expect(load.run({ ...job, mayRefuse: true })).rejects.toThrow('9 times 503')
  await load.stop()
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
})
