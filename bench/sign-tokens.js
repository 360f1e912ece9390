// npm run bench:sign [-- --rounds=15]: what a token costs by HS256 and by ES256: to sign it, to
// verify it the first time and again, and to refuse one whose signature is wrong.
const { generateKeyPairSync } = require('node:crypto')
const { createJwt } = require('../dist/token/jwt.js')
const { createSigningKeys } = require('../dist/token/signing-keys.js')
const { createTokenKeys } = require('../dist/token/token-keys.js')
const { runBounded } = require('./bounded')
const { machine } = require('./machine')
const { readNumber } = require('./options')
const { spread } = require('./statistics')

const TOKENS = 2000
const LONGEST_MS = 300_000
const APPID = 'wx0123456789abcdef'

const signingKeys = createSigningKeys('for benches only: 9fQx!Lw3@Rz7#Kp5$Vn2%Bt8^Hy6')
const pem = { format: 'pem', type: 'pkcs8' }
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const KEYS = {
  HS256: createTokenKeys(signingKeys),
  ES256: createTokenKeys(signingKeys, { jwtPrivateKey: privateKey.export(pem) }),
}

const newJwt = name =>
  createJwt({ tokenKeys: KEYS[name], audience: [APPID], maxTtlSeconds: 7200, now: Date.now })

const iat = Math.floor(Date.now() / 1000)
const claims = Array.from({ length: TOKENS }, (_, i) => ({
  ...{ aud: APPID, sub: 'u'.repeat(22), sid: String(i).padStart(32, 's') },
  ...{ enc: `kidkidki.${'e'.repeat(160)}`, iat, exp: iat + 7200 },
}))

const isRefused = (jwt, token) => {
  try {
    jwt.verify(token)
    return false
  } catch {
    return true
  }
}

/** Gives one token the signature of the next. */
const swapped = tokens =>
  tokens.map((token, i) => {
    const other = tokens[(i + 1) % tokens.length]
    return token.slice(0, token.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'))
  })

/** CPU time of one of many calls, in microseconds. */
function cpuUs(act) {
  const before = process.cpuUsage()
  act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / TOKENS
}

/** One round of one algorithm. */
function measure(name) {
  const jwt = newJwt(name)
  let tokens = []
  const sign = cpuUs(() => {
    tokens = claims.map(each => jwt.sign(each))
  })
  const forged = swapped(tokens)
  const verify = cpuUs(() => tokens.forEach(token => void jwt.verify(token)))
  const again = cpuUs(() => tokens.forEach(token => void jwt.verify(token)))
  const refuse = cpuUs(() => {
    if (!forged.every(token => isRefused(jwt, token))) throw new Error('a forgery was taken')
  })
  return { sign, verify, 'verify again': again, 'refuse a forgery': refuse }
}

function line(what, samples) {
  const shown = name => {
    const { median, min, max } = spread(samples[name].map(sample => sample[what]))
    return `${median.toFixed(1)} µs (${min.toFixed(1)} to ${max.toFixed(1)})`.padEnd(26)
  }
  const ratios = samples.ES256.map((sample, i) => sample[what] / samples.HS256[i][what])
  const { median } = spread(ratios)
  return `${what.padEnd(18)}${shown('HS256')}${shown('ES256')}${median.toFixed(1)}`
}

const rounds = readNumber(process.argv.slice(2), 'rounds', { standard: 15, most: 99 })

runBounded(LONGEST_MS, async () => {
  const samples = { HS256: [], ES256: [] }
  for (const name of Object.keys(samples)) measure(name)
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(samples)) samples[name].push(measure(name))
  }
  const [short, long] = Object.keys(samples).map(name => newJwt(name).sign(claims[0]).length)
  process.stdout.write(`${machine()}\n${rounds} rounds in turns, ${TOKENS} tokens each; `)
  process.stdout.write(`a token has ${short} and ${long} characters\n\n`)
  process.stdout.write(`${''.padEnd(18)}${'HS256'.padEnd(26)}${'ES256'.padEnd(26)}ratio\n`)
  for (const what of Object.keys(samples.HS256[0])) {
    process.stdout.write(`${line(what, samples)}\n`)
  }
})
