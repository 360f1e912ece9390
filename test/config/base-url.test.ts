import { isPlainHttp, problemWithBaseUrl } from '../../src/config/base-url'

test.each([
  'https://api.weixin.qq.com',
  'https://proxy.example.com/wechat/api',
  'http://127.0.0.1:4000',
  'http://[::1]:4000',
  'http://api.weixin.qq.com',
])('%s can be asked', url => expect(problemWithBaseUrl(url)).toBeUndefined())

test.each([
  ['ftp://localhost', /must begin with https/],
  ['file:///etc/passwd', /must begin with https/],
  ['data:text/plain,x', /must begin with https/],
  ['https://api.weixin.qq.com/', /slash/],
  ['https://api.weixin.qq.com/wechat/', /slash/],
  ['https://api.weixin.qq.com?a=b', /at most a path/],
  ['https://api.weixin.qq.com/x?', /at most a path/],
  ['https://api.weixin.qq.com/x#y', /at most a path/],
  ['https://user:pass@api.weixin.qq.com', /at most a path/],
  ['api.weixin.qq.com', /must be a URL/],
])('%s is refused with what would be right, and is not shown', (url, problem) => {
  expect(problemWithBaseUrl(url)).toMatch(problem)
  expect(`${problemWithBaseUrl(`${url}canary`)}`).not.toContain('canary')
})

test.each([
  ['https://api.weixin.qq.com', false],
  ['http://api.weixin.qq.com', true],
  ['http://10.0.0.7/wechat', true],
  ['http://localhost:4000', false],
  ['http://127.0.0.1:4000', false],
  ['http://[::1]:4000', false],
  ['http://127.0.0.1.example.com', true],
])('%s leaves this machine in clear: %p', (url, isPlain) => expect(isPlainHttp(url)).toBe(isPlain))
