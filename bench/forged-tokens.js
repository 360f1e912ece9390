// npm run forged-tokens [-- --random=100000 --seed=1]: how many tokens that we did not make are
// taken. Every forgery of the tests goes over HTTP to a running server, in each place that reads a
// token; a good token with random changes goes to the door itself, which is faster.
const { randomInt } = require('node:crypto')
const { createJwt } = require('../dist/token/jwt.js')
const { createSigningKeys } = require('../dist/token/signing-keys.js')
const { createTokenKeys } = require('../dist/token/token-keys.js')
require('../test/support/typescript-hook.js')
const { decode, forgeries } = require('../test/token/forge.ts')
const { runBounded } = require('./bounded')
const { logIn } = require('./jobs')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { readNumbers } = require('./options')
const { createRandom } = require('./seeded-random')
const { createServers } = require('./servers')
const { createTemporaryFolder } = require('./temporary-folder')

const SECRET = 'a9Qm2Zt7Rk4Wc8Xv1Bn6Lp3Hs5Jd0FgYe'
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= '

const say = text => process.stdout.write(`${text}\n`)
const { random: many, seed } = readNumbers(process.argv.slice(2), {
  random: { standard: 100_000, most: 10_000_000 },
  seed: { standard: randomInt(1, 1e9), most: 999_999_999 },
})

/** Shows a token in each place that reads one; how many of them take it. */
async function takenOverHttp(url, token) {
  const isSendable = /^[\x21-\x7e]{1,12000}$/.test(token)
  const query = `token=${encodeURIComponent(token)}`
  const asked = [fetch(`${url}/checklogin?${query}`), ...(isSendable ? guarded(url, token) : [])]
  const answers = await Promise.all(asked)
  const bodies = await Promise.all(answers.map(answer => answer.json()))
  return {
    tried: answers.length,
    taken: bodies.filter(body => body.is_login === true || typeof body.id === 'string').length,
    failed: answers.filter(({ status }) => status >= 500).length,
  }
}

function guarded(url, token) {
  const headers = [{ Authorization: `Bearer ${token}` }, { sessionid: token }, { token }]
  return headers.map(each => fetch(`${url}/me`, { headers: each }))
}

/** A good token with some characters changed, cut, doubled or put in. */
function changed(good, random) {
  let token = good
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(token.length)
    const cut = random.below(3)
    token = token.slice(0, at) + random.text(ALPHABET, random.below(3)) + token.slice(at + cut)
  }
  return token
}

function takenAtTheDoor(random) {
  const appid = 'wx0123456789abcdef'
  const options = { audience: [appid], maxTtlSeconds: 7200, now: Date.now }
  const jwt = createJwt({ tokenKeys: createTokenKeys(createSigningKeys(SECRET)), ...options })
  const iat = Math.floor(Date.now() / 1000)
  const claims = {
    aud: appid,
    sub: 'u'.repeat(22),
    sid: 's'.repeat(32),
    enc: `k.${'e'.repeat(120)}`,
  }
  const good = jwt.sign({ ...claims, iat, exp: iat + 7200 })
  let taken = 0
  for (let i = 0; i < many; i++) {
    const token = changed(good, random)
    if (token === good) continue
    try {
      jwt.verify(token)
      taken++
      say(`TAKEN: ${token}`)
    } catch (error) {
      if (error.code !== 'token_invalid' && error.code !== 'token_expired') throw error
    }
  }
  return taken
}

runBounded(600_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const { url } = await servers.startOurs('forged', { JWT_SECRET: SECRET })
  const load = createLoad()
  atEnd(load.stop)
  const [good] = await logIn(load, url, 1)
  // One says that it is from 61 seconds ahead. By the time it is shown that may be 60, which is right.
  const list = forgeries(good, SECRET).filter(([name]) => !name.startsWith('iat 10:'))
  const sums = { tried: 0, taken: 0, failed: 0 }
  for (const [name, token] of list) {
    const { tried, taken, failed } = await takenOverHttp(url, token)
    if (taken > 0) say(`TAKEN: ${name}`)
    sums.tried += tried
    sums.taken += taken
    sums.failed += failed
  }
  const stillGood = await takenOverHttp(url, good)
  const taken = takenAtTheDoor(createRandom(seed))
  say(`${machine()}, --seed=${seed}`)
  say(
    `forgeries over HTTP: ${list.length} in ${sums.tried} requests, ${sums.taken} taken, ${sums.failed} 5xx`,
  )
  say(`random changes at the door: ${many}, ${taken} taken`)
  say(
    `the good token of user ${decode(good).payload.sub}: taken in ${stillGood.taken} of ${stillGood.tried} places`,
  )
  const isWell = sums.taken + sums.failed + taken === 0 && stillGood.taken === stillGood.tried
  if (!isWell) process.exitCode = 1
})
