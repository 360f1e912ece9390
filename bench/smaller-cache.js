// Preloaded into a server by bench/scale.js: makes its memory of sessions and of verified tokens as
// much smaller as the people who come are fewer than the sessions, so that as many checks find their
// session and their token remembered as if everybody came. BENCH_CACHE_SHARE is that share.
const { readFileSync } = require('node:fs')

const SIZES = [
  { in: 'store/sql/remembered-sessions.js', of: 'REMEMBERED_SESSIONS' },
  { in: 'store/redis/session-cache.js', of: 'CACHED_SESSIONS' },
  { in: 'token/jwt.js', of: 'CACHED_TOKENS' },
]
const share = Number(process.env.BENCH_CACHE_SHARE ?? 1)

if (share < 1) {
  const load = require.extensions['.js']
  require.extensions['.js'] = (module, file) => {
    const size = SIZES.find(({ in: path }) => file.endsWith(`/dist/${path}`))
    if (!size) return load(module, file)
    const text = readFileSync(file, 'utf8')
    const pattern = new RegExp(`const ${size.of} = ([\\d_]+);`)
    const [, standard] = pattern.exec(text) ?? []
    // A bench that changes nothing would find every session remembered.
    if (!standard) throw new Error(`${size.in} has no ${size.of}`)
    const smaller = Math.round(Number(standard.replaceAll('_', '')) * share)
    module._compile(text.replace(pattern, `const ${size.of} = ${smaller};`), file)
  }
}
