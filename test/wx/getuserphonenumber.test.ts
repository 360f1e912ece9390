import { SIMULATOR_APP } from '../../src/simulator/index'
import { Clock } from '../support/clock'
import { createRecorder } from './recorder'
import { closeAll, startAnswering, startWx } from './start-wx'

const { appid, secret } = SIMULATOR_APP
const clock = new Clock()
const { events, log } = createRecorder()

let answer: unknown
let wx: ReturnType<typeof startWx>
beforeAll(async () => {
  const baseUrl = await startAnswering(() => answer)
  wx = startWx({ baseUrl, apps: new Map([[appid, [secret]]]), now: clock.now, events, log })
})
afterAll(closeAll)

const good = () => ({
  errcode: 0 as unknown,
  errmsg: 'ok',
  phone_info: {
    phoneNumber: '13812345678',
    purePhoneNumber: '13812345678',
    countryCode: '86' as unknown,
    watermark: { timestamp: clock.ms / 1000 - 1, appid } as unknown,
  },
})

/** The number that comes of an answer of WeChat's. */
function read(given: unknown) {
  answer = given
  return wx.getPhoneNumber('c', { appid, openid: 'o', origin: {} })
}

const withInfo = (change: object) => ({
  ...good(),
  phone_info: { ...good().phone_info, ...change },
})
const withMark = (change: object) =>
  withInfo({ watermark: { timestamp: clock.ms / 1000, appid, ...change } })

test('the fields of phone_info are the number, and the watermark stays here', async () => {
  expect(await read(good())).toEqual({
    phoneNumber: '13812345678',
    purePhoneNumber: '13812345678',
    countryCode: '86',
  })
})

test('a country code that is a number, as in WeChat’s sample, is taken as text', async () => {
  expect(await read(withInfo({ countryCode: 86 }))).toMatchObject({ countryCode: '86' })
})

test('clocks may differ by ten minutes, and a code lives for five', async () => {
  for (const seconds of [-900, -600, 0, 600]) {
    await read(withMark({ timestamp: clock.ms / 1000 + seconds }))
  }
})

test.each<[string, () => unknown]>([
  ['the watermark of another app', () => withMark({ appid: 'wx1111111111111111' })],
  ['no appid in the watermark', () => withMark({ appid: undefined })],
  ['a watermark a second too old', () => withMark({ timestamp: clock.ms / 1000 - 901 })],
  ['a watermark too far ahead', () => withMark({ timestamp: clock.ms / 1000 + 601 })],
  ['a timestamp that is text', () => withMark({ timestamp: String(clock.ms / 1000) })],
  ['no watermark', () => withInfo({ watermark: undefined })],
  ['no number', () => withInfo({ phoneNumber: undefined })],
  ['an empty number', () => withInfo({ phoneNumber: '' })],
  ['a number that is none', () => withInfo({ phoneNumber: "1'); drop table users; --" })],
  ['a number longer than its column', () => withInfo({ phoneNumber: '1'.repeat(33) })],
  ['no pure number', () => withInfo({ purePhoneNumber: 13812345678 })],
  ['no country code', () => withInfo({ countryCode: '' })],
  ['no phone_info', () => ({ errcode: 0, errmsg: 'ok' })],
  ['a list', () => []],
  ['nothing', () => null],
])('%s is an answer that cannot be used', async (_name, given) => {
  await expect(read(given())).rejects.toMatchObject({ code: 'wechat_bad_answer', sent: true })
})

test('fields of a success beside an errcode are no success', async () => {
  await expect(read({ ...good(), errcode: '40029' })).rejects.toMatchObject({
    code: 'phone_code_invalid',
    wxErrcode: 40029,
  })
})

test.each([40003, 40013, 40029])('errcode %d blames the phone code', async errcode => {
  await expect(read({ errcode })).rejects.toMatchObject({ code: 'phone_code_invalid' })
})
