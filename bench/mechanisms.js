/**
 * What `bench/mechanism.js` can take out: in which module of dist/, which text, and what stands
 * there instead. docs/decisions/ has a page for each.
 */
const MECHANISMS = {
  prototypes: [{ in: 'server/http-server.js', replace: '...expressPrototypes(app)', by: '' }],
  forget: [{ in: 'server/http-server.js', replace: "res.on('finish', forget);", by: '' }],
  'random-pool': [
    {
      in: 'token/random.js',
      replace: 'function randomBytes(size) {',
      by: "function randomBytes(size) { return require('node:crypto').randomBytes(size);",
    },
  ],
  'group-commit': [
    {
      in: 'store/sqlite/group-commit.js',
      replace: 'const MAX_STATEMENTS = 4096;',
      by: 'const MAX_STATEMENTS = 1;',
    },
  ],
  'session-cache': [{ in: 'store/sql/sessions.js', replace: 'if (near) {', by: 'if (false) {' }],
  metrics: [
    { in: 'http/router.js', replace: 'if (!own)', by: 'if (true)' },
    { in: 'login/identify.js', replace: 'countToken();', by: '' },
    { in: 'app/ground.js', replace: 'metrics.counted(store)', by: 'store' },
    {
      in: 'wx/client.js',
      replace: '(0, wechat_counts_1.countRequests)(options.client, counts)',
      by: 'options.client',
    },
    {
      in: 'observe/metrics/login-cells.js',
      replace: 'events.listen(event =>',
      by: 'void (event =>',
    },
  ],
}

module.exports = { MECHANISMS }
