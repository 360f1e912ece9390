import { SCAN_RULES, scanText } from '../../src/cli/scan-rules'

const HEX = '5117a7ed5ec7e7005117a7ed5ec7e700'
const rulesIn = (text: string) => scanText(text, []).map(({ rule }) => rule)

test.each<[rule: string, text: string]>([
  ['app_secret', `AppSecret = "${HEX}"`],
  ['app_secret', `{"secret": '${HEX}'}`],
  ['app_secret', `// WX_SECRET=${HEX}`],
  ['app_secret', `url + '?appid=' + id + '&secret=${HEX}'`],
  ['session_key', 'const { session_key } = res.data'],
  ['session_key', 'wx.setStorageSync("k", data.sessionKey)'],
  ['wechat_server_api', "wx.request({ url: 'https://api.weixin.qq.com/sns/jscode2session' })"],
  ['private_key', ['const k = `-----BEGIN RSA', 'PRIVATE KEY-----`'].join(' ')],
  ['private_key', `const k = "MIIEv${'QIBADANBgkqhkiG9w0B'.repeat(8)}"`],
  ['pay_key', `mchKey: '${HEX}'`],
  ['cloud_key', ['const id = "AK', 'IDz8krbsJ5yKBZQpn74"'].join('')],
  ['platform_token', ['key = "sk_', 'live_4eC39HqLyjWDarjtT1"'].join('')],
  ['platform_secret', "dyAppSecret: 'zq9Kd82mN1xVb7Lw3'"],
  ['platform_secret', "client_secret = 'zq9Kd82mN1xVb7Lw3'"],
])('%s finds %j', (rule, text) => {
  expect(rulesIn(text)).toEqual([rule])
})

test.each([
  'if (data.session_key === "fresh") refresh()',
  '// session_key stays on the server',
  '/* api.weixin.qq.com is for servers */',
  '<!-- session_key -->',
  "error === 'session_key_stale'",
  "appSecret: 'your-app-secret-here'",
  `const md5 = '${HEX}'`,
  'const secret = getSecret()',
  "accessToken: ''",
])('%j is none', text => {
  expect(rulesIn(text)).toEqual([])
})

test('a place is counted in lines and columns, also behind a comment of several lines', () => {
  const text = `/* one\n two */ const x = 1\nlet session_key\n`
  expect(scanText(text, [])).toEqual([
    expect.objectContaining({ rule: 'session_key', line: 3, column: 5 }),
  ])
})

test('every rule says in both languages what to do', () => {
  for (const { words } of SCAN_RULES) expect(words.zh && words.en).toBeTruthy()
})
