// npm run bench:read [-- --rounds=15]: what reading a request by schema costs, next to
// reading it by hand, and which share of the whole request that is.
const { z } = require('zod')
const { queryValue, readFields, readHeaders } = require('../dist/http/read-request.js')
const { readBearer } = require('../dist/http/read-token.js')
const { loginFields, loginHeaders, tokenFields } = require('../dist/http/request-fields.js')
const { runBounded } = require('./bounded')
const { machine } = require('./machine')
const { readNumber } = require('./options')
const { spread } = require('./statistics')

const CALLS = 100_000
const LONGEST_MS = 120_000

/** What a whole request costs: `npm run bench`, docs/performance.md. */
const WHOLE_US = { '/login': 350, '/checklogin': 55 }

const VISIBLE = /^[\x21-\x7e]{1,512}$/

/** The readers that the schemas took the place of. */
function loginByHand({ headers, body: { code, appid } }) {
  if (code === undefined || code === null || code === '') throw new Error('code_missing')
  if (typeof code !== 'string' || !VISIBLE.test(code)) throw new Error('code')
  if (appid !== undefined && typeof appid !== 'string') throw new Error('appid')
  const key = headers['idempotency-key']
  if (key !== undefined && !VISIBLE.test(key)) throw new Error('Idempotency-Key')
  return { code, appid, key }
}

function loginBySchema(req) {
  const { code, appid } = readFields(loginFields, req.body)
  const { 'idempotency-key': key } = readHeaders(loginHeaders, req)
  return { code, appid, key }
}

/** `/checklogin` reads the header by hand, and only where there is none the body by schema. */
function tokenByHand(req) {
  const { token } = req.body
  return (
    readBearer(req) ?? queryValue(req, 'token') ?? (typeof token === 'string' ? token : undefined)
  )
}

function tokenPartly(req) {
  return readBearer(req) ?? queryValue(req, 'token') ?? readFields(tokenFields, req.body).token
}

const bearer = z.object({
  authorization: z
    .string()
    .regex(/^Bearer +[^ ]+ *$/i)
    .optional(),
})

function tokenBySchema(req) {
  const { authorization } = readHeaders(bearer, req)
  return (
    authorization?.slice(7) ?? queryValue(req, 'token') ?? readFields(tokenFields, req.body).token
  )
}

const COMMON = { host: 'api.example.com', 'user-agent': 'wechatdevtools', accept: '*/*' }
const raw = headers => Object.entries(headers).flat()

function request(i, headers, body, url) {
  const all = { ...COMMON, ...headers(i) }
  return { headers: all, rawHeaders: raw(all), body: body(i), url }
}

/** Many different requests, so that no reader can remember one. */
function requests(headers, body, url) {
  return Array.from({ length: 512 }, (_, i) => request(i, headers, body, url))
}

const token = i => `eyJ${'a'.repeat(100)}.${'b'.repeat(300)}.${String(i).padStart(43, 'c')}`
const inHeader = requests(
  i => ({ authorization: `Bearer ${token(i)}` }),
  () => ({}),
  '/checklogin',
)
const inBody = requests(
  () => ({ 'content-type': 'application/json' }),
  i => ({ token: token(i) }),
  '/checklogin',
)
const codes = requests(
  i => ({ 'idempotency-key': `try-${i}` }),
  i => ({ code: `0${String(i).padStart(31, 'a')}` }),
  '/login',
)

const SUBJECTS = [
  { path: '/login', name: 'by hand', read: loginByHand, from: codes },
  { path: '/login', name: 'by schema (ours)', read: loginBySchema, from: codes },
  { path: '/checklogin', name: 'header, by hand', read: tokenByHand, from: inHeader },
  { path: '/checklogin', name: 'header, ours', read: tokenPartly, from: inHeader },
  { path: '/checklogin', name: 'header, by schema', read: tokenBySchema, from: inHeader },
  { path: '/checklogin', name: 'body, by hand', read: tokenByHand, from: inBody },
  { path: '/checklogin', name: 'body, ours', read: tokenPartly, from: inBody },
]

/** CPU time of one call in nanoseconds. */
function measure({ read, from }) {
  const before = process.cpuUsage()
  let found = 0
  for (let i = 0; i < CALLS; i++) if (read(from[i % from.length])) found++
  const { user, system } = process.cpuUsage(before)
  if (found !== CALLS) throw new Error('a reader read nothing')
  return ((user + system) * 1000) / CALLS
}

function line({ path, name }, samples) {
  const { median, min, max } = spread(samples)
  const share = (median / (WHOLE_US[path] * 1000)) * 100
  const figures = `${median.toFixed(0)} ns (${min.toFixed(0)} to ${max.toFixed(0)})`
  return `${path.padEnd(12)} ${name.padEnd(18)} ${figures.padEnd(24)} ${share.toFixed(2)} %`
}

const rounds = readNumber(process.argv.slice(2), 'rounds', { standard: 15, most: 99 })

runBounded(LONGEST_MS, async () => {
  const samples = new Map(SUBJECTS.map(subject => [subject, []]))
  for (const subject of SUBJECTS) measure(subject)
  for (let round = 0; round < rounds; round++) {
    for (const subject of SUBJECTS) samples.get(subject).push(measure(subject))
  }
  process.stdout.write(`${machine()}\n${rounds} rounds in turns, ${CALLS} calls each; `)
  process.stdout.write('the last column is the share of the whole request\n\n')
  for (const subject of SUBJECTS) process.stdout.write(`${line(subject, samples.get(subject))}\n`)
})
