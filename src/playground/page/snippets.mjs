const quoted = text => `'${text.replaceAll("'", `'\\''`)}'`
const indented = (text, by) => text.replaceAll('\n', `\n${by}`)

/** The request as a line for a shell. */
function curl({ method, path, sent, token }) {
  const isPlain = method === 'GET' || (method === 'POST' && sent)
  const parts = [`curl -s ${isPlain ? '' : `-X ${method} `}${location.origin}${path}`]
  if (token) parts.push('-H "Authorization: Bearer $TOKEN"')
  if (sent) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(sent))}`)
  const line = parts.join(' \\\n  ')
  return token ? `TOKEN=${quoted(token)}\n${line}` : line
}

/** A value as people write it in JavaScript. */
function literal(value) {
  const fields = Object.entries(value).map(([name, each]) =>
    typeof each === 'boolean' ? `${name}: ${each}` : `${name}: ${quotedText(each)}`,
  )
  return `{ ${fields.join(', ')} }`
}

const quotedText = value => (value === null ? 'null' : `'${String(value).replaceAll("'", "\\'")}'`)

/** The same with nothing but WeChat's own API. `data` is what the page's code has at hand. */
function wx({ method, path, token, name }, data) {
  const lines = [
    `url: '${location.origin}${path}',`,
    ...(method === 'GET' ? [] : [`method: '${method}',`]),
    ...(token ? [`header: { Authorization: 'Bearer ' + wx.getStorageSync('token') },`] : []),
    ...(data ? [`data: ${data},`] : []),
    name === 'login' || name === 'refresh'
      ? `success: ({ statusCode, data }) => {
    if (statusCode === 200) wx.setStorageSync('token', data.token)
  },`
      : 'success: ({ statusCode, data }) => console.log(statusCode, data),',
  ]
  const request = `wx.request({\n  ${lines.join('\n  ')}\n})`
  if (name === 'login')
    return `wx.login({\n  success: ({ code }) => ${indented(request, '  ')},\n})`
  return request
}

const SDK_SETUP = () =>
  `import { createClient } from 'miniprogram-login-client'\nconst login = createClient({ baseUrl: '${location.origin}' })\n\n`

/** The SDK's line for each request; what it does by itself is said in words. */
const SDK = {
  login: () => 'await login.login()',
  check: () => 'const { is_login, session_key, next } = await login.check()',
  refresh: ({ words }) => `// ${words.sdkRenews}\nawait login.request({ url: '/me' })`,
  me: () => 'const me = await login.me()',
  rename: ({ sent }) => `await login.updateMe(${literal(sent)})`,
  sessions: () => 'const sessions = await login.sessions()',
  endSession: ({ path }) => `await login.endSession('${path.split('/').at(-1)}')`,
  logout: () => 'await login.logout()',
  logoutAll: () => 'await login.logout({ all: true })',
  phone: ({ words }) =>
    `// ${words.sdkButton}\nconst { phone_number } = await login.phone(e.detail)`,
  decrypt: ({ words }) =>
    `// ${words.sdkButton}\nconst { phoneNumber } = await login.decrypt(e.detail)`,
  checkSession: () => `await login.request({ url: '/checksession', method: 'POST' })`,
  tampered: ({ words }) => `// ${words.sdkTampered}\nawait login.request({ url: '/me' })`,
}

/** What the page's code would pass as `data`. */
function dataOf({ name, sent }) {
  if (name === 'login') return '{ code }'
  if (name === 'phone') return '{ code: e.detail.code }'
  if (name === 'decrypt') return '{ encryptedData: e.detail.encryptedData, iv: e.detail.iv }'
  return sent && literal(sent)
}

/** Three ways to make one request, each to paste as it is. */
export function snippetsOf(request, words) {
  return {
    curl: curl(request),
    wx: wx(request, dataOf(request)),
    sdk: SDK_SETUP() + SDK[request.name]({ ...request, words }),
  }
}
