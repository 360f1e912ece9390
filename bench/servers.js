const { randomBytes } = require('node:crypto')
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { startServer } = require('./server-process')

const OURS = join(__dirname, '../dist/server/main.js')
const scriptOf = name => join(__dirname, 'servers', `${name}.js`)

/**
 * Starts servers in a folder, the WeChat behind them first; `onStart` gets each to stop it. All but
 * WeChat run under `node`, the path of a Node.
 */
async function createServers(folder, onStart, { node = process.execPath } = {}) {
  if (!existsSync(OURS)) throw new Error('dist/ is not there: npm run build')
  const start = async (name, script, env, runtime = node) => {
    const server = await startServer({ name, script, env, folder, node: runtime })
    onStart(server)
    return server
  }
  const wechat = await start('wechat-stub', scriptOf('wechat-stub'), {}, process.execPath)
  const app = {
    WX_APPID: 'wx0123456789abcdef',
    WX_SECRET: randomBytes(16).toString('hex'),
    WX_API_BASE_URL: wechat.url,
  }
  const jwtSecret = randomBytes(48).toString('base64')
  const ours = name => ({
    ...app,
    HOST: '127.0.0.1',
    PORT: '0',
    JWT_SECRET: jwtSecret,
    DATABASE_URL: `sqlite:${join(folder, `${name}.db`)}`,
    LOG_FORMAT: 'json',
    RATE_LIMIT: 'off',
    PRESTOP_MS: '0',
  })
  return {
    wechatPid: wechat.pid,
    wechatUrl: wechat.url,
    /** One that ours is compared with. */
    start: name => start(name, scriptOf(name), app),
    /**
     * Ours as in production, on a SQLite file unless `env` says otherwise; only the limit is off,
     * for all logins come from one address here. All that are started share one JWT_SECRET.
     */
    startOurs: (name, env = {}) => start(name, OURS, { ...ours(name), ...env }),
    /** A peer: its script is in `servers/`, or with what was installed for it. */
    startPeer: ({ name, isInstalled }, installed, env) => {
      const script = isInstalled ? join(installed, `${name}.js`) : scriptOf(name)
      return start(name, script, { ...app, ...env })
    },
    /** A WeChat on a bad day; the same seed is the same day. */
    startRoughWechat: (name, seed) =>
      start(name, scriptOf('rough-wechat'), { SEED: String(seed) }, process.execPath),
    /** A host program that mounts ours, on the settings and the file of an instance of that name. */
    startHost: name => start(name, scriptOf(name), ours(name)),
  }
}

module.exports = { createServers }
