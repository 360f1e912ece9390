const { randomBytes } = require('node:crypto')

const { DOCTOR } = require('./stage')

const LOGIN = '/sns/jscode2session'

const SLOW = {
  title: { zh: '微信慢了', en: 'WeChat is slow' },
  symptom: {
    zh: '用户说“登录要转好几秒圈”。登录都成功，已登录的人没有感觉。',
    en: 'People say that a login takes seconds. All logins succeed; who is logged in feels nothing.',
  },
  alerts: ['WechatSlow'],
  panels: [2, 3, 4, 11, 13],
  greps: [{ text: '"login.succeeded".*"duration_ms":[3-9][0-9][0-9][0-9]' }],
  break: ({ simulator }) => simulator.fail({ late: 3000 }, { times: Infinity, path: LOGIN }),
  broke: {
    zh: '模拟器的故障 `late`：`jscode2session` 3 秒之后才答',
    en: 'the simulator answers `jscode2session` after 3 s (fault `late`)',
  },
  commands: async ({ tool, wechat }) => [
    await tool(DOCTOR),
    await tool(`curl -s -o /dev/null -w '%{time_total}' ${wechat}${LOGIN}`),
  ],
  mend: async ({ simulator }) => simulator.reset(),
  mended: {
    zh: '我们这边没有可修的：`curl` 不经过本服务，一样要 3 秒，是微信或路上。等它好；超过 `WX_TIMEOUT_MS`（5 秒）的登录才会失败。看板的百分位只精确到直方图的一格（2.5 到 5 秒）：3 秒在图上可到 4.9 秒。这里是模拟器停止故障。',
    en: 'There is nothing to mend on our side: `curl` does not go through the service and takes 3 s too. Only a login that takes longer than `WX_TIMEOUT_MS` (5 s) fails. A percentile is as exact as its bucket (2.5 to 5 s): 3 s may be drawn as 4.9 s. Here the simulator ended the fault.',
  },
}

const DOWN = {
  title: { zh: '微信没有回答', en: 'WeChat is down' },
  symptom: {
    zh: '新用户登不进，看到“微信暂时无法访问”。已登录的人一切照常：`/checklogin` 不问微信。',
    en: 'Nobody new gets in. Who is logged in goes on as ever: `/checklogin` does not ask WeChat.',
  },
  alerts: ['WechatBreakerOpen', 'WechatDown', 'LoginsFail'],
  panels: [2, 3, 7, 9, 11, 13, 14],
  greps: [
    { text: '"wechat.unreachable"', most: 1 },
    { text: '"breaker_open"', most: 1 },
  ],
  break: ({ simulator }) => simulator.fail({ transport: 'never' }, { times: Infinity }),
  broke: {
    zh: '模拟器的故障 `never`：所有接口收下请求，永不回答',
    en: 'the simulator takes every request and never answers (fault `never`)',
  },
  commands: async ({ tool }) => [
    await tool(DOCTOR),
    await tool('miniprogram-login explain wechat_timeout'),
  ],
  mend: async ({ simulator }) => simulator.reset(),
  mended: {
    zh: '`doctor` 说本机的设置都好、微信不答：等它好，不要重启。断路器每秒放一个登录去试，自己闭合。这里是模拟器停止故障。',
    en: '`doctor` says that all is well here but for WeChat: wait, and do not restart. The breaker lets one login a second try, and closes by itself. Here the simulator ended the fault.',
  },
}

const SECRET = {
  title: { zh: 'AppSecret 被重置', en: 'The AppSecret was reset' },
  symptom: {
    zh: '有人在小程序后台点了“重置 AppSecret”。从那一刻起每次登录都是 500 `misconfigured`。',
    en: 'Somebody pressed “reset AppSecret” in the console. Every login is 500 `misconfigured` from then on.',
  },
  alerts: ['AppSecretRefused', 'LoginsFail'],
  panels: [2, 3, 7, 9, 12],
  greps: [{ text: '"wechat.refused"' }],
  break(stage) {
    stage.newSecret = randomBytes(16).toString('hex')
    stage.simulator.setSecrets(stage.appid, [stage.newSecret])
  },
  broke: {
    zh: '模拟器换了 AppSecret（`setSecrets`），旧的立即无效',
    en: 'the simulator has another AppSecret (`setSecrets`), and the old one is void at once',
  },
  commands: async ({ tool }) => [await tool('miniprogram-login explain 40125'), await tool(DOCTOR)],
  async mend({ writeEnv, newSecret, service, tool }) {
    writeEnv({ WX_SECRET: newSecret })
    const after = await tool(DOCTOR)
    await service.restart()
    return [after]
  },
  mended: {
    zh: '把新的 AppSecret 写进 `.env` 的 `WX_SECRET`，先用 `doctor` 确认微信接受它，再重启（这里：SIGTERM，再启动）。',
    en: 'The new AppSecret goes into `WX_SECRET` of `.env`; `doctor` confirms that WeChat takes it; then a restart (here: SIGTERM, and a start).',
  },
}

module.exports = { DOWN, SECRET, SLOW }
