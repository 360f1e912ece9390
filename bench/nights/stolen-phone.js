const { setTimeout: sleep } = require('node:timers/promises')

/** Where the thief's phone is: an address of documentation. */
const THIEF = '198.51.100.66'
const OWNER = '203.0.113.20'
const POLL_MS = 10

async function logIn({ people, serial }, address) {
  const code = `sim-owner-${serial.next++}`
  return people.ask('POST', '/login', { body: { code }, address })
}

/** How long after the command ended the thief's token was still taken. */
async function untilRefused(stage, since) {
  for (;;) {
    const { status, body } = await stage.people.ask('GET', '/me', {
      token: stage.stolen,
      address: THIEF,
    })
    if (status !== 200) return { status, error: body.error, ms: performance.now() - since }
    await sleep(POLL_MS)
  }
}

const STOLEN = {
  title: { zh: '手机被偷', en: 'A stolen phone' },
  symptom: {
    zh: '用户来电：手机被偷，小程序还登录着。没有告警会响：这不是故障，是一个人的事。',
    en: 'A user calls: the phone is stolen, and the mini program on it is logged in. No alert fires: nothing is broken, it is about one person.',
  },
  alerts: [],
  panels: [3, 8, 21, 22],
  greps: [{ text: '"login.succeeded".*198.51.100.66' }],
  async prepare(stage) {
    stage.serial = { next: 1 }
    const { body } = await logIn(stage, OWNER)
    const code = stage.simulator.mintPhoneCode({ user: 'owner' })
    await stage.people.ask('POST', '/phone', { token: body.token, body: { code } })
    stage.phone = stage.simulator.user('owner').phoneNumber
  },
  async break(stage) {
    stage.stolen = (await logIn(stage, THIEF)).body.token
    const check = () => {
      const asked = stage.people.ask('GET', '/checklogin', { token: stage.stolen, address: THIEF })
      asked.catch(() => {})
    }
    stage.thief = setInterval(check, 500)
    stage.thief.unref()
  },
  broke: {
    zh: '小偷的手机登录（`X-Forwarded-For: 198.51.100.66`），之后每秒拿令牌来两次',
    en: 'the thief’s phone logs in (`X-Forwarded-For: 198.51.100.66`) and shows its token twice a second',
  },
  async commands(stage) {
    const { tool, phone } = stage
    const found = await tool(`miniprogram-login users show --phone ${phone}`)
    if (found.exitCode !== 0) throw new Error(found.text)
    stage.id = /^id +(\S+)/m.exec(found.text)?.[1] ?? /([\w-]{22})/.exec(found.text)[1]
    const sessions = await tool(`miniprogram-login users sessions ${stage.id}`)
    const ended = await tool(`miniprogram-login users logout ${stage.id}`)
    const refused = await untilRefused(stage, performance.now())
    ended.note = {
      zh: `命令结束之后 ${Math.ceil(refused.ms)} ms，小偷的下一个请求是 ${refused.status} \`${refused.error}\`。`,
      en: `${Math.ceil(refused.ms)} ms after the command ended, the thief’s next request got ${refused.status} \`${refused.error}\`.`,
    }
    const again = await logIn(stage, THIEF)
    stage.stolen = again.body.token ?? stage.stolen
    const reason = '账号被盗 stolen phone'
    const disabled = await tool(`miniprogram-login users disable ${stage.id} --reason "${reason}"`)
    const refusedAgain = await untilRefused(stage, performance.now())
    const third = await logIn(stage, THIEF)
    disabled.note = {
      zh: `只登出不够：手机上的微信还在，小偷再登录得到 ${again.status}。停用之后 ${Math.ceil(refusedAgain.ms)} ms，他的请求是 ${refusedAgain.status} \`${refusedAgain.error}\`，再登录是 ${third.status} \`${third.body.error}\`。`,
      en: `A log-out alone is not enough: WeChat is still on that phone, and the thief’s next login got ${again.status}. ${Math.ceil(refusedAgain.ms)} ms after \`disable\` his request got ${refusedAgain.status} \`${refusedAgain.error}\`, and a further login ${third.status} \`${third.body.error}\`.`,
    }
    return [found, sessions, ended, disabled, stage.grep('"token.refused".*198.51.100.66')]
  },
  async mend(stage) {
    clearInterval(stage.thief)
    const enabled = await stage.tool(`miniprogram-login users enable ${stage.id}`)
    const owner = await logIn(stage, OWNER)
    enabled.note = {
      zh: `用户补了卡、换了手机、改了微信密码之后：恢复，登录得到 ${owner.status}。`,
      en: `Once the user has another phone and another WeChat password: enabled again, a login gets ${owner.status}.`,
    }
    return [enabled]
  },
  mended: {
    zh: '`users logout` 立即结束会话；`users disable` 还拒绝之后的登录；机主安全之后 `users enable`。',
    en: '`users logout` ends the sessions at once; `users disable` refuses further logins, too; `users enable` when the owner is safe.',
  },
}

module.exports = { STOLEN }
