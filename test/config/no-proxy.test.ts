import { isExempt } from '../../src/config/no-proxy'

const WECHAT = 'https://api.weixin.qq.com/way'

test.each([
  [WECHAT, '*'],
  [WECHAT, 'api.weixin.qq.com'],
  [WECHAT, 'localhost, API.Weixin.QQ.com'],
  [WECHAT, 'localhost .qq.com'],
  [WECHAT, 'qq.com'],
  [WECHAT, '*.qq.com'],
  [WECHAT, 'api.weixin.qq.com:443'],
  ['http://api.weixin.qq.com', 'api.weixin.qq.com:80'],
  ['http://10.1.2.3:8080', '10.1.2.3'],
  ['http://10.1.2.3:8080', '10.1.2.3:8080'],
  ['http://10.1.2.3:8080', '192.168.0.0/16,10.0.0.0/8'],
  ['http://[fd00::7]', 'fd00::/8'],
  ['http://[fd00::7]:81', '[fd00::7]:81'],
])('%s is exempt by %p', (url, noProxy) => expect(isExempt(url, noProxy)).toBe(true))

test.each([
  [WECHAT, ''],
  [WECHAT, ', ,'],
  [WECHAT, '.'],
  [WECHAT, 'weixin.com'],
  [WECHAT, 'xin.qq.com'],
  [WECHAT, 'api.weixin.qq.com.example.com'],
  [WECHAT, 'api.weixin.qq.com:8443'],
  [WECHAT, '10.0.0.0/8'],
  ['http://10.1.2.3', '10.0.0.0/'],
  ['http://10.1.2.3', '10.0.0.0/33'],
  ['http://10.1.2.3', '11.0.0.0/8'],
  ['http://10.1.2.3', '2.3'],
])('%s is not exempt by %p', (url, noProxy) => expect(isExempt(url, noProxy)).toBe(false))
