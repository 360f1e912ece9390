import { upstreamOptionsOf } from '../../src/config/upstream-options'

const way = { wxApiBaseUrl: 'https://api.weixin.qq.com', wxTimeoutMs: 5000 }
const options = { baseUrl: way.wxApiBaseUrl, timeoutMs: 5000 }

test('WeChat is asked where the settings say, by the proxy that they name', () => {
  const proxy = 'http://proxy:3128'
  expect(upstreamOptionsOf({ ...way, wxProxy: proxy })).toEqual({ ...options, proxy })
  expect(upstreamOptionsOf({ ...way, wxProxy: 'off' })).toEqual(options)
})
