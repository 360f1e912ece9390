const { compare } = require('./dashboard')
const { CHECKS_PER_SECOND, LOGINS_PER_SECOND } = require('./people')

const COMMAND_LINES = 40

/** The page `docs/nights.md`: how it was played, and a section for each night. */
function pageOf({ sections, shorten, prometheus, machine }) {
  const rules =
    shorten === 1
      ? {
          zh: '告警规则、抓取间隔（15 秒）都是原样，没有缩短',
          en: 'The rules and the scrape interval (15 s) are as they are shipped, nothing is shortened',
        }
      : {
          zh: `告警规则的窗口与 \`for\` 缩短为 1/${shorten}，所以分钟数也约为 1/${shorten}；原样：\`npm run nights -- --shorten=1\``,
          en: `Windows and \`for\` of the rules are ${shorten} times shorter, and so about are the minutes; unshortened: \`npm run nights -- --shorten=1\``,
        }
  return `# 六个夜晚 / Six nights

夜里三点，登录失败。这里把六种夜晚真的演了一遍：什么症状、哪条告警、看板上是什么、日志里 grep 什么、运行什么命令、怎么修、几分钟。本页由 \`npm run nights -- --write --shorten=${shorten}\` 写成，没有一个数字、一行输出是编的。值班时用的是[值班手册](runbook.md)。
*At three in the morning logins fail. Six such nights were really played: the symptom, the alert, what the dashboard shows, what to grep for, the command, the repair, the minutes. \`npm run nights -- --write --shorten=${shorten}\` wrote this page; no figure and no line of output is invented. On duty the page to use is the [runbook](runbook.md).*

- 每一夜都有自己的一套：编译好的服务（生产设置）、模拟器当微信、真的 SQLite 与 Redis、真的 Prometheus ${prometheus} 用 [examples/monitoring](../examples/monitoring/README.md) 里的文件；六套同时跑在一台机器上。每秒 ${LOGINS_PER_SECOND} 个登录、${CHECKS_PER_SECOND} 次 \`/checklogin\`。
  *Each night has its own built service (settings of production), the simulator as WeChat, a real SQLite or Redis, and a real Prometheus ${prometheus} with the files of [examples/monitoring](../examples/monitoring/README.md); all six ran at once on one machine. ${LOGINS_PER_SECOND} logins and ${CHECKS_PER_SECOND} \`/checklogin\` a second.*
- ${rules.zh}。
  *${rules.en}.*
- 时间从故障的那一刻算起。人读屏幕、想、打字的时间不在内：命令由程序接着运行。
  *Times count from the fault. The time in which a person reads, thinks and types is not in them: the program runs the commands one after the other.*
- 故障之前就有的几个 \`overloaded\`，或一开始就成立的 \`StoreSlow\`，大概是六套同时在这台机器上启动所致：这是推测，没有查证。
  *A few \`overloaded\` before the fault, or a \`StoreSlow\` that is pending from the first second, come perhaps of six deployments that start at once on one machine: a guess, which nobody looked into.*
- Grafana 没有装：“看板”是 \`dashboard.json\` 里的查询在 Prometheus 里的值。为零的略去。“之前”是故障前一刻，“当中”是告警都响了的一刻，“之后”是告警都消失的一刻（5 分钟的窗口里可能还有故障的尾巴）。
  *Grafana was not there: “the dashboard” is what the queries of \`dashboard.json\` answer in Prometheus. What was always zero is left out. “Before” is just before the fault, “during” when all alerts fire, “after” when they are gone (a window of 5 minutes may still hold the end of the fault).*
- ${machine}。文件夹与进程号换了名字。/ *The folder and process ids have other names here.*

${summary(sections)}
${sections.map(({ text }) => text).join('\n')}`
}

function summary(sections) {
  const rows = sections.map(({ night, seen, skipped }) => {
    const name = `${night.title.zh} / ${night.title.en}`
    if (skipped) return `| ${name} | 没有演：${skipped} | | | |`
    const { seconds } = seen
    const first = seen.alerts.filter(({ name }) => night.alerts.includes(name))
    const fired = first.map(({ name, firing }) => `\`${name}\` ${minutes(firing)}`).join('<br>')
    const well = night.alerts.length === 0 ? '–' : minutes(seconds.well - seconds.mendFrom)
    const gone = night.alerts.length === 0 ? '–' : minutes(seconds.silent - seconds.mendFrom)
    return `| ${name} | ${fired || '无 / none'} | ${well} | ${gone} |`
  })
  return `| 夜晚 / night | 告警响了，故障之后 / alert, after the fault | 登录恢复，开始修之后 / logins, after the repair began | 告警消失，开始修之后 / silence, after the repair began |
|---|---|---|---|
${rows.join('\n')}
`
}

function sectionOf(number, { night, seen, skipped }) {
  if (skipped) return { night, skipped, text: '' }
  const parts = [
    `## ${number}. ${night.title.zh} / ${night.title.en}\n`,
    `**症状 / symptom.** ${night.symptom.zh}\n*${night.symptom.en}*\n`,
    `**演法 / how it was played.** ${night.broke.zh}。*Here ${night.broke.en}.*\n`,
    `**告警 / alerts.**\n\n${alertTable(seen)}`,
    `**看板 / dashboard.**\n\n${dashboardTable(seen)}`,
    `**用户得到的 / what people got.**\n\n${answerTable(seen)}`,
    `**日志 / log.**\n\n${seen.lines.map(inConsole).join('\n')}`,
    `**命令 / commands.**\n\n${seen.commands.map(inConsole).join('\n')}`,
    `**怎么修 / repair.** ${night.mended.zh}\n*${night.mended.en}*\n`,
    ...(Array.isArray(seen.mending) ? [seen.mending.map(inConsole).join('\n')] : []),
    minutesOf(night, seen),
  ]
  return { night, seen, text: parts.join('\n') }
}

function alertTable({ alerts }) {
  if (alerts.length === 0) return '没有 / none\n'
  const rows = alerts.map(
    ({ name, pending, firing, silent }) =>
      `| \`${name}\` | ${minutes(pending)} | ${minutes(firing)} | ${minutes(silent)} |`,
  )
  return `| alert | 条件成立 / pending | 响 / firing | 消失 / gone |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

function dashboardTable({ looks }) {
  const rows = compare(...looks).map(row => `| ${row.join(' | ')} |`)
  return `| | 之前 / before | 当中 / during | 之后 / after |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

function answerTable({ quiet, broken, mended }) {
  const names = [...new Set([...quiet, ...broken, ...mended].map(({ answer }) => answer))].sort()
  const of = (list, name) => {
    const found = list.find(({ answer }) => answer === name)
    return found ? `${found.count} × (${found.medianMs} ms)` : '–'
  }
  const rows = names.map(
    name => `| \`${name}\` | ${of(quiet, name)} | ${of(broken, name)} | ${of(mended, name)} |`,
  )
  return `个数（中位的毫秒）/ how many (median)\n\n| | 之前 / before | 故障到开始修 / from the fault to the repair | 登录恢复之后 / logins work again |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

/** What an operator types and sees; a line that is very long stays one line. */
function inConsole({ line, text, exitCode, count, note }) {
  const more = count > 1 ? `\n… ${count} 行 / lines` : ''
  const code = exitCode ? `\n（退出码 / exit code ${exitCode}）` : ''
  const shown = text.split('\n').slice(0, COMMAND_LINES).join('\n')
  const words = note ? `\n${note.zh}\n*${note.en}*\n` : ''
  return `\`\`\`console\n$ ${line}\n${shown}${more}${code}\n\`\`\`\n${words}`
}

function minutesOf({ alerts }, { seconds }) {
  if (alerts.length === 0) return ''
  const { mendFrom, mended, well, silent } = seconds
  return `**分钟 / minutes.** 开始修 / repair began ${minutes(mendFrom)}；修好 / done ${minutes(mended)}；登录又成功 / logins work ${minutes(well)}；告警都消失 / all alerts gone ${minutes(silent)}。\n`
}

function minutes(seconds) {
  if (seconds === undefined) return '–'
  const whole = Math.max(0, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

module.exports = { pageOf, sectionOf }
