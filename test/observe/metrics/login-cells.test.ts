import { createEvents, type LoginEvent } from '../../../src/events'
import { LOGIN_ERRORS } from '../../../src/http/log-in'
import { Board } from '../../../src/observe/metrics/cells'
import { createLoginCells } from '../../../src/observe/metrics/login-cells'
import { printMetrics } from '../../../src/observe/metrics/prometheus'
import { moved, readMetrics } from '../../support/metrics'
import { EXAMPLES } from '../examples'

const { appid } = EXAMPLES['login.succeeded']

function counting() {
  const board = new Board()
  const events = createEvents()
  const countToken = createLoginCells({ board, events, appids: [appid, 'wx2'] })
  const scrape = async () => readMetrics(await printMetrics(board.families, board.snapshot()))
  return { events, countToken, scrape }
}

/** What these events move. */
async function movedBy(...told: LoginEvent[]) {
  const { events, scrape } = counting()
  const before = await scrape()
  for (const event of told) events.tell(event)
  return moved(before, await scrape())
}

const DONE = { ...EXAMPLES['login.succeeded'], isRepeat: false, sharers: 0 } as const
const REFUSED = { ...EXAMPLES['login.refused'], isRepeat: false, sharers: 0 } as const
const login = (outcome: string, error: string, app = appid) =>
  `logins_total{app="${app}",outcome="${outcome}",error="${error}"}`

test('a login is counted by mini program, outcome and error, with its time', async () => {
  expect(await movedBy(DONE)).toEqual({
    [login('success', 'none')]: 1,
    login_duration_seconds_count: 1,
  })
  expect(await movedBy(REFUSED)).toEqual({
    [login('refused', 'code_invalid')]: 1,
    login_duration_seconds_count: 1,
  })
  const failed = { ...EXAMPLES['login.failed'], sharers: 0, appid: 'wx2' }
  expect(await movedBy({ ...failed, error: 'wechat_timeout' })).toEqual({
    [login('failed', 'wechat_timeout', 'wx2')]: 1,
    login_duration_seconds_count: 1,
  })
})

test('an error outside of the table, and an appid of a stranger, make no series of their own', async () => {
  const odd = await movedBy({ ...REFUSED, error: 'not_found' })
  expect(odd).toMatchObject({ [login('refused', 'other')]: 1 })
  const strange = await movedBy({ ...REFUSED, appid: undefined, error: 'unknown_appid' })
  expect(strange).toMatchObject({ [login('refused', 'unknown_appid', 'unknown')]: 1 })
})

test('callers who shared an answer are counted apart, and so is a lost answer that was fetched again', async () => {
  expect(await movedBy({ ...DONE, sharers: 3 })).toMatchObject({
    [login('success', 'none')]: 1,
    shared_logins_total: 3,
  })
  expect(await movedBy({ ...DONE, isRepeat: true })).toEqual({ shared_logins_total: 1 })
  expect(await movedBy({ ...REFUSED, error: 'code_used', isRepeat: true })).toMatchObject({
    [login('refused', 'code_used')]: 1,
  })
})

test('a token that holds is counted without an event, and one that does not by its error', async () => {
  const { countToken, scrape } = counting()
  const before = await scrape()
  countToken()
  expect(moved(before, await scrape())).toEqual({ 'token_checks_total{outcome="valid"}': 1 })
  const refused = EXAMPLES['token.refused']
  for (const error of ['token_expired', 'session_ended', 'store_unavailable'] as const) {
    const outcome = `token_checks_total{outcome="${error}"}`
    expect(await movedBy({ ...refused, error })).toEqual({ [outcome]: 1 })
  }
})

test('a session that ends is counted by its reason', async () => {
  for (const reason of ['logout', 'evicted', 'disabled', 'erased', 'expired'] as const) {
    const moves = await movedBy({ ...EXAMPLES['session.ended'], reason })
    expect(moves).toEqual({ [`sessions_ended_total{reason="${reason}"}`]: 1 })
  }
})

test('data that was opened is a success, and else the name of the error', async () => {
  const { error: _, ...opened } = EXAMPLES['data.opened']
  expect(await movedBy(opened)).toEqual({ 'open_data_total{outcome="success"}': 1 })
  expect(await movedBy({ ...opened, error: 'session_key_stale' })).toEqual({
    'open_data_total{outcome="session_key_stale"}': 1,
  })
})

test('every error that a login may come to has a series from zero, but for those before a login', async () => {
  const series = [...(await counting().scrape()).keys()].join('\n')
  const beforeIt = ['invalid_request', 'code_missing']
  for (const error of LOGIN_ERRORS.filter(name => !beforeIt.includes(name))) {
    expect(series).toContain(`error="${error}"`)
  }
})

test('no event brings a person into the metrics', async () => {
  const { events, scrape } = counting()
  const before = [...(await scrape()).keys()]
  for (const event of Object.values(EXAMPLES)) events.tell(event)
  expect([...(await scrape()).keys()]).toEqual(before)
})
