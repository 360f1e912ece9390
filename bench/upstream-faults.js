// npm run upstream-faults: every fault that the simulator knows strikes one login; the person does
// what the answer's action says. How many of them are not logged in at the end?
const { randomBytes } = require('node:crypto')
const { createSimulator, ERRCODES, TRANSPORT_FAULTS } = require('../dist/simulator/index.js')
const { runBounded } = require('./bounded')
const { machine } = require('./machine')
const { createUser } = require('./reliable-user')
const { createRandom } = require('./seeded-random')
const { createServers } = require('./servers')
const { createTemporaryFolder } = require('./temporary-folder')
const { startTwoInstances } = require('./two-instances')

const APP = { appid: 'wx0123456789abcdef', secret: randomBytes(16).toString('hex') }
const PATH = '/sns/jscode2session'
/** WeChat says that the person may not log in: that is an answer and no fault. */
const VERDICTS = new Set(['40226'])

const say = text => process.stdout.write(`${text}\n`)

runBounded(600_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const simulator = createSimulator({ apps: { [APP.appid]: APP.secret } })
  const wechat = await simulator.listen()
  atEnd(() => simulator.close())
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const env = {
    WX_API_BASE_URL: wechat,
    WX_APPID: APP.appid,
    WX_SECRET: APP.secret,
    DATABASE_URL: `sqlite:${folder.path}/shared.db`,
  }
  const random = createRandom(1)
  const { ask, close } = await startTwoInstances({ servers, env, random })
  atEnd(close)
  const seen = { again: 0, wrong: new Set(), doubled: 0 }
  const note = {
    time() {},
    lost() {},
    again: () => seen.again++,
    wrong: ({ status, body }) => seen.wrong.add(`${status} ${body.error}, action ${body.action}`),
    sessions() {},
  }
  const user = createUser({ ask, simulator, random, note })
  const faults = [
    ...Object.keys(TRANSPORT_FAULTS).map(transport => ({ transport })),
    ...Object.keys(ERRCODES)
      .filter(code => !VERDICTS.has(code))
      .map(code => ({ errcode: Number(code) })),
  ]
  const lost = []
  for (const [serial, fault] of faults.entries()) {
    simulator.fail(fault, { path: PATH })
    const token = await user.logIn(`person-${serial}`)
    if (token === undefined) lost.push(JSON.stringify(fault))
    simulator.reset()
  }
  say(machine())
  say(`faults: ${faults.length}; wx.login again: ${seen.again}; lost logins: ${lost.length}`)
  for (const each of lost) say(`lost: ${each}`)
  for (const each of seen.wrong)
    say(`another action than login, and tried again all the same: ${each}`)
  if (lost.length > 0) process.exitCode = 1
})
