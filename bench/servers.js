const { randomBytes } = require('node:crypto')
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { startServer } = require('./server-process')

const OURS = join(__dirname, '../dist/server.js')

/** Starts everything that is measured, and the WeChat behind it; `onStart` gets each to stop it. */
async function startServers(folder, onStart) {
  if (!existsSync(OURS)) throw new Error('dist/ is not there: npm run build')
  const start = async (name, script, env) => {
    const server = await startServer({ name, script, env, folder })
    onStart(server)
    return server
  }
  const here = name => join(__dirname, 'servers', `${name}.js`)
  const wechat = await start('wechat-stub', here('wechat-stub'), {})
  const app = {
    WX_APPID: 'wx0123456789abcdef',
    WX_SECRET: randomBytes(16).toString('hex'),
    WX_API_BASE_URL: wechat.url,
  }
  return {
    hello: await start('hello', here('hello'), {}),
    tutorial: await start('tutorial', here('tutorial'), app),
    // As in production; only the limit is off, for all logins come from one address here.
    ours: await start('miniprogram-login', OURS, {
      ...app,
      HOST: '127.0.0.1',
      PORT: '0',
      JWT_SECRET: randomBytes(48).toString('base64'),
      DATABASE_URL: `sqlite:${join(folder, 'login.db')}`,
      LOG_FORMAT: 'json',
      RATE_LIMIT: 'off',
    }),
  }
}

module.exports = { startServers }
