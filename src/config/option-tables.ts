import type { Words } from './option'
import { listOptions, type NamedOption, SECRET_VARIABLES } from './variables'

export type Language = keyof Words

const HEADS: Readonly<Record<Language, string>> = {
  zh: '| 变量 | 库选项 | 默认 | 含义 |',
  en: '| variable | library option | default | meaning |',
}

/** The table of all options for a README, in Markdown. */
export function optionTable(language: Language): string {
  const rows = listOptions().map(option => {
    const { env, partOf, name, isOfLibrary, words } = option
    const known = isOfLibrary ? name : partOf
    const cells = [code(env), code(known), shownDefault(option, language), words[language]]
    return `| ${cells.join(' | ')} |`
  })
  return [HEADS[language], '|---|---|---|---|', ...rows].join('\n')
}

const code = (text: string | undefined) => (text === undefined ? '–' : `\`${text}\``)

function shownDefault(option: NamedOption, language: Language): string {
  const { unset, productionDefault } = option
  if (unset) return unset[language]
  const usual = code(textOfDefault(option))
  if (productionDefault === undefined) return usual
  const inProduction = code(String(productionDefault))
  return language === 'zh'
    ? `${usual}，生产 ${inProduction}`
    : `${usual}, in production ${inProduction}`
}

/** The default as one would write it into a variable, or undefined where there is none. */
function textOfDefault({ schema, env }: NamedOption): string | undefined {
  const { data } = schema.safeParse(undefined)
  if (data === false && env !== undefined) return 'off'
  return data === undefined ? undefined : String(data)
}

const EXAMPLE_HEAD = `# 由 npm run docs 生成 / made by npm run docs
# 复制为 .env 后填写；什么都不填，npm start 会用内置的微信模拟器。生产环境请 chmod 600 .env。
# Copy to .env and fill in; with nothing filled in, npm start runs on the built-in simulator.
# 含 # 的值要加引号 / a value that holds a # needs quotes.
# 每个密钥也可写成 NAME_FILE=文件路径 / each secret may also come as NAME_FILE=path:
#   ${SECRET_VARIABLES.join(', ')}
`

/** The whole of `.env.example`. */
export function envExample(): string {
  return `${EXAMPLE_HEAD}${variableLines({})}\n`
}

const NEW_HEAD = `# 由 miniprogram-login init 生成；不要提交到代码库。
# Made by miniprogram-login init. Keep it out of the repository.
# 含 # 的值要加引号 / a value that holds a # needs quotes.
# 每个密钥也可写成 NAME_FILE=文件路径 / each secret may also come as NAME_FILE=path:
#   ${SECRET_VARIABLES.join(', ')}
`

/** The text of a new `.env`: as `.env.example`, with these variables set. */
export function newEnvFile(values: Readonly<Record<string, string>>): string {
  return `${NEW_HEAD}${variableLines(values)}\n`
}

function variableLines(values: Readonly<Record<string, string>>): string {
  let group: string | undefined
  const lines = listOptions().flatMap(option => {
    if (option.env === undefined) return []
    const isNewGroup = option.group !== group
    group = option.group
    const { zh, en } = option.words
    const value = values[option.env]
    const last = value === undefined ? exampleLine(option) : `${option.env}=${value}`
    return [...(isNewGroup ? [''] : []), `# ${plain(zh)}`, `# ${plain(en)}`, last]
  })
  return lines.join('\n')
}

function exampleLine(option: NamedOption): string {
  const { env, example } = option
  if (example === 'ask') return `${env}=`
  return `# ${env}=${example ?? textOfDefault(option) ?? ''}`
}

/** Markdown as plain text: a link becomes its words and its address. */
function plain(text: string): string {
  return text
    .replaceAll('`', '')
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_all, words, address) =>
      address.startsWith(words) ? address : `${words} (${address})`,
    )
}
