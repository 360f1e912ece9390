import { Board } from '../../../src/observe/metrics/cells'
import { printMetrics } from '../../../src/observe/metrics/prometheus'
import { createWechatCells } from '../../../src/observe/metrics/wechat-cells'
import { MEANINGS } from '../../../src/wx/errcode'
import { moved, readMetrics } from '../../support/metrics'

const open = new Set<string>()

function counting() {
  const board = new Board()
  const counts = createWechatCells({ board, appids: ['a', 'b'], isBreakerOpen: a => open.has(a) })
  const scrape = async () => readMetrics(await printMetrics(board.families, board.snapshot()))
  return { counts, scrape }
}

const API = '/sns/jscode2session'

test.each([
  ['success', 'success', 'none'],
  [40029, 'refused', '40029'],
  [-1, 'refused', '-1'],
  [87009, 'refused', '87009'],
  [123456, 'refused', 'other'],
  ['timeout', 'timeout', 'none'],
  ['unavailable', 'unavailable', 'none'],
  ['untrusted', 'untrusted', 'none'],
  ['bad_answer', 'bad_answer', 'none'],
  ['quota', 'quota', 'none'],
] as const)(
  'a request that ended with %s is outcome %s, errcode %s',
  async (end, outcome, errcode) => {
    const { counts, scrape } = counting()
    const before = await scrape()
    counts.request(API, end, 20)
    expect(moved(before, await scrape())).toEqual({
      [`wechat_requests_total{api="${API}",outcome="${outcome}",errcode="${errcode}"}`]: 1,
      [`wechat_request_duration_seconds_count{api="${API}"}`]: 1,
    })
  },
)

test('every errcode that we know has a series of every API from zero', async () => {
  const series = [...(await counting().scrape()).keys()]
  for (const errcode of Object.keys(MEANINGS)) {
    const of = series.filter(name => name.includes(`errcode="${errcode}"`))
    expect([errcode, of.length]).toEqual([errcode, 5])
  }
})

test('an access_token is counted for its mini program', async () => {
  const { counts, scrape } = counting()
  const before = await scrape()
  counts.fetch('b', 'refused')
  counts.fetch('stranger', 'success')
  expect(moved(before, await scrape())).toEqual({
    'access_token_fetches_total{app="b",outcome="refused"}': 1,
  })
})

test('a breaker is looked at when somebody asks', async () => {
  const { scrape } = counting()
  const breaker = async () => (await scrape()).get('miniprogram_login_wechat_breaker_open{app="b"}')
  expect(await breaker()).toBe(0)
  open.add('b')
  expect(await breaker()).toBe(1)
  open.clear()
})
