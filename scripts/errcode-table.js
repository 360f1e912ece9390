/** The table of errcodes in docs/runbook.md, in the words of `miniprogram-login explain`. */
const { explanationsOf } = require('../dist/cli/explain.js')
const { FAULTS } = require('../dist/cli/error-guide.js')

/** Those that people meet, the most frequent first: of users, of the operator's settings, of WeChat. */
const OFTEN = [
  ...[40029, 40163, 40226, 45011, -1],
  ...[40125, 40001, 40013, 40164, 40243, 41002, 41004],
  ...[40014, 42001, 45009, 48001, 50002, 89503, 87009],
]

const HEAD = [
  '| errcode | 含义 / meaning | 应答 / answer | 谁的问题 / whose fault | 怎么办 / what to do |',
  '|---|---|---|---|---|',
]

const both = ({ zh, en }) => `${zh}<br>${en}`

function rowOf(errcode, { at, error, status, means, fault, todo }) {
  const where = at === null ? '' : `（${at}）`
  const answer = `${status} \`${error}\``
  return `| ${errcode}${where} | ${both(means)} | ${answer} | ${both(FAULTS[fault])} | ${both(todo)} |`
}

function errcodeTable() {
  const rows = OFTEN.flatMap(errcode => {
    const found = explanationsOf(String(errcode))
    if (found.length === 0) throw new Error(`explain does not know ${errcode}`)
    return found.map(each => rowOf(errcode, each))
  })
  return [...HEAD, ...rows].join('\n')
}

module.exports = { errcodeTable }
