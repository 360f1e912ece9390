import { PLAIN_HTTP, warningsOfSimulator, warningsOfWay } from '../../src/config/way-to-wechat'

const WAY = {
  wxApiBaseUrl: 'https://api.weixin.qq.com',
  wxApiInsecure: 'off',
  wxProxy: 'off',
} as const

test('the usual way is worth no word', () => {
  expect(warningsOfWay(WAY, {}, {})).toEqual([])
})

test('plain http is told loudly, on this machine mildly, and where it is not needed', () => {
  const tell = (wxApiBaseUrl: string) =>
    warningsOfWay({ ...WAY, wxApiBaseUrl, wxApiInsecure: 'on' }, {}, {})
  expect(tell('http://api.weixin.qq.com')).toEqual([PLAIN_HTTP])
  expect(tell('http://127.0.0.1:4000')).toEqual([expect.stringContaining('this machine only')])
  expect(tell(WAY.wxApiBaseUrl)).toEqual([expect.stringContaining('not needed')])
})

test('a proxy that is not used is told, unless WX_PROXY says that it is off', () => {
  const env = { HTTPS_PROXY: 'http://h:1' }
  expect(warningsOfWay(WAY, {}, env)).toHaveLength(1)
  expect(warningsOfWay(WAY, { wxProxy: 'off' }, env)).toEqual([])
})

test('while the simulator answers, no way leads to WeChat', () => {
  expect(warningsOfSimulator({ wxApiBaseUrl: 'x', wxProxy: 'y' })).toEqual([
    expect.stringMatching(/^WX_API_BASE_URL is not used/),
    expect.stringMatching(/^WX_PROXY is not used/),
  ])
  expect(warningsOfSimulator({})).toEqual([])
})
