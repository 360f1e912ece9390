import { Board } from '../../../src/observe/metrics/cells'
import { createHttpCells } from '../../../src/observe/metrics/http-cells'
import { printMetrics } from '../../../src/observe/metrics/prometheus'
import { moved, readMetrics } from '../../support/metrics'

const ROUTES = [
  { path: '/me', methods: ['GET', 'HEAD'], statuses: [200, 401, 401] },
  { path: '/me', methods: ['PUT'], statuses: [200, 400] },
]

function counting() {
  const board = new Board()
  const http = createHttpCells(board, ROUTES)
  const scrape = async () => readMetrics(await printMetrics(board.families, board.snapshot()))
  return { http, scrape }
}

const answer = (route: string, method: string, status: string) =>
  `http_requests_total{route="${route}",method="${method}",status="${status}"}`

test('every answer that a route may give has a series from zero, and a place for any other', async () => {
  const series = [...(await counting().scrape()).keys()].filter(name => /requests_total/.test(name))
  expect(series.map(name => name.replace('miniprogram_login_', ''))).toEqual([
    ...['200', '401', 'other'].map(status => answer('/me', 'GET', status)),
    ...['200', '401', 'other'].map(status => answer('/me', 'HEAD', status)),
    ...['200', '400', 'other'].map(status => answer('/me', 'PUT', status)),
    ...['204', '405', 'other'].map(status => answer('/me', 'other', status)),
    ...['400', '404', 'other'].map(status => answer('other', 'other', status)),
  ])
})

test('an answer is counted by method and status, its time by the route', async () => {
  const { http, scrape } = counting()
  const before = await scrape()
  http.of('/me', 'PUT')?.add(200, 3)
  http.of('/me', 'GET')?.add(599, 3)
  http.unmatched.add(404, 1)
  expect(moved(before, await scrape())).toEqual({
    [answer('/me', 'PUT', '200')]: 1,
    [answer('/me', 'GET', 'other')]: 1,
    [answer('other', 'other', '404')]: 1,
    'http_request_duration_seconds_count{route="/me"}': 2,
    'http_request_duration_seconds_count{route="other"}': 1,
  })
})

test('what is no counted route has no counter', () => {
  const { http } = counting()
  expect([http.of('/metrics', 'GET'), http.of('/me', 'PATCH')]).toEqual([undefined, undefined])
})

test('a refusal is counted by its limit', async () => {
  const { http, scrape } = counting()
  const before = await scrape()
  http.limited('wechat_user')
  expect(moved(before, await scrape())).toEqual({ 'rate_limited_total{limit="wechat_user"}': 1 })
})
