import { chosenProxy, problemWithProxy, unusedProxies } from '../../src/config/wx-proxy'

test.each([
  'off',
  'env',
  'http://proxy.example:3128',
  'http://proxy.example:80/',
  'http://[fd00::1]:3128',
  'http://corp%5Cann:p%40ss@proxy.example:3128',
])('%s is a proxy, or none', text => expect(problemWithProxy(text)).toBeUndefined())

test.each([
  ['socks5://proxy.example:1080', /socks proxy, which is not spoken/],
  ['SOCKS5h://proxy.example:1080', /socks proxy/],
  ['https://proxy.example:3128', /must begin with http:\/\//],
  ['proxy.example:3128', /must be http:\/\/host:port/],
  ['on', /must be http:\/\/host:port/],
  ['http://proxy.example', /port/],
  ['http://proxy.example:3128/x', /without a path/],
  ['http://ann:p#ss@proxy.example:3128', /%23/],
  ['http://ann:p%ss@proxy.example:3128', /percent-encode/],
])('%s is refused with the fix, and is not shown', (text, problem) => {
  expect(problemWithProxy(text)).toMatch(problem)
  expect(problemWithProxy(text)).not.toContain('proxy.example')
})

const way = { wxApiBaseUrl: 'https://api.weixin.qq.com', wxProxy: 'env' }
const PROXY = 'http://proxy.example:3128'

function choose(env: Record<string, string>, wxProxy = 'env', wxApiBaseUrl = way.wxApiBaseUrl) {
  const problems: string[] = []
  const chosen = chosenProxy({ wxApiBaseUrl, wxProxy }, env, name => void problems.push(name))
  return problems.length > 0 ? problems : chosen
}

test.each([
  [{ HTTPS_PROXY: PROXY }, PROXY],
  [{ https_proxy: PROXY, HTTPS_PROXY: 'http://other:1' }, PROXY],
  [{ ALL_PROXY: PROXY }, PROXY],
  [{ HTTPS_PROXY: 'proxy.example:3128' }, PROXY],
  [{ HTTP_PROXY: PROXY }, 'off'],
  [{ HTTPS_PROXY: ' ' }, 'off'],
  [{ HTTPS_PROXY: PROXY, NO_PROXY: '.qq.com' }, 'off'],
  [{ HTTPS_PROXY: PROXY, no_proxy: '.qq.com', NO_PROXY: 'x' }, 'off'],
  [{ HTTPS_PROXY: PROXY, NO_PROXY: 'localhost' }, PROXY],
  [{ ALL_PROXY: 'socks5://proxy.example:1080' }, ['ALL_PROXY']],
  [{ HTTPS_PROXY: 'env' }, ['HTTPS_PROXY']],
])('"env" with %j is %p', (env, chosen) => expect(choose(env)).toEqual(chosen))

test('"env" for plain http looks at HTTP_PROXY', () => {
  expect(choose({ HTTP_PROXY: PROXY }, 'env', 'http://10.0.0.7')).toBe(PROXY)
})

test('a proxy that is named is taken, whatever the environment says', () => {
  const env = { HTTPS_PROXY: 'socks5://h:1', NO_PROXY: '*' }
  expect([choose(env, PROXY), choose(env, 'off')]).toEqual([PROXY, 'off'])
})

test.each<[string, string, Record<string, string>, RegExp | undefined]>([
  ['no proxy anywhere', 'off', {}, undefined],
  ['one that nobody asked for', 'off', { HTTPS_PROXY: PROXY }, /^HTTPS_PROXY is not used.*=env/],
  ['one of another name', 'off', { all_proxy: PROXY }, /^all_proxy is not used/],
  ['another one than the named', 'http://other:1', { HTTPS_PROXY: PROXY }, /WX_PROXY is/],
  ['the named one', PROXY, { HTTPS_PROXY: PROXY }, undefined],
  ['one that is used', 'env', { HTTPS_PROXY: PROXY }, undefined],
  ['one that NO_PROXY takes away', 'env', { HTTPS_PROXY: PROXY, NO_PROXY: '*' }, /NO_PROXY names/],
  ['"env" without one', 'env', {}, /no HTTPS_PROXY is set/],
])('%s', (_what, wxProxy, env, words) => {
  const told = unusedProxies({ ...way, wxProxy }, env)
  expect(told).toEqual(words ? [expect.stringMatching(words)] : [])
  expect(told.join()).not.toContain('proxy.example')
})
