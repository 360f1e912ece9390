import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ConfigError } from '../config/config-error'
import { withEnvFile } from '../config/env-file'
import type { Environment } from '../config/read-variables'
import { SECRET_VARIABLES } from '../config/variables'
import { type AddCommand, examples, UsageError } from './command'
import { type Found, type OwnSecret, scanText } from './scan-rules'
import type { Terminal } from './terminal'

/** Folders that are not uploaded with a mini program. */
const NOT_UPLOADED: readonly string[] = ['node_modules', '.git', '.svn', '.hg']
/** WeChat takes no package of more than 2 MB; a single file of source is smaller. */
const LARGEST_BYTES = 4 * 1024 * 1024
/** A shorter value would be found in texts that are no secret. */
const SHORTEST_SECRET = 16

/** `scan DIR`: whether a mini program's source holds what a review refuses. */
export const addScan: AddCommand = (program, { terminal, end }) => {
  program
    .command('scan')
    .description(
      '小程序源码里有没有过不了审核的内容：AppSecret、session_key、其他平台的密钥；只说位置，不显示值 · whether a mini program would fail review: AppSecret, session_key, other platforms’ secrets; names the place and not the value',
    )
    .argument('<dir>', '小程序目录 · the mini program’s folder')
    .option('--json', 'JSON')
    .addHelpText(
      'after',
      examples('miniprogram-login scan miniprogram', 'miniprogram-login scan dist/weapp --json'),
    )
    .action((dir: string, { json }: { json?: boolean }) => end(scan(dir, json === true, terminal)))
}

function scan(dir: string, isJson: boolean, { print, say }: Terminal): number {
  if (!lstatSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${dir} 不是目录 · ${dir} is not a folder`)
  }
  const own = ownSecrets()
  const files = filesUnder(dir)
  const findings = files.flatMap(file =>
    findingsIn(file, own).map(found => ({ file: relative(dir, file), ...found })),
  )
  if (isJson) {
    const ok = findings.length === 0
    print(JSON.stringify({ ok, files: files.length, findings }, null, 2))
  } else {
    for (const { file, line, column, rule, words } of findings) {
      print(`${join(dir, file)}:${line}:${column}  ${rule}\n  ${words.zh}\n  ${words.en}`)
    }
  }
  say(
    findings.length === 0
      ? `看了 ${files.length} 个文件，没有发现 · ${counted(files, 'file')}, nothing found`
      : `看了 ${files.length} 个文件，${findings.length} 处 · ${counted(files, 'file')}, ${counted(findings, 'place')}`,
  )
  return findings.length === 0 ? 0 : 1
}

function counted({ length }: readonly unknown[], thing: string): string {
  return `${length} ${thing}${length === 1 ? '' : 's'}`
}

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(dir, entry.name)
      if (entry.isDirectory()) return NOT_UPLOADED.includes(entry.name) ? [] : filesUnder(path)
      return entry.isFile() ? [path] : []
    })
}

function findingsIn(file: string, own: readonly OwnSecret[]): readonly Found[] {
  if (lstatSync(file).size > LARGEST_BYTES) return []
  const bytes = readFileSync(file)
  // A picture or a font.
  if (bytes.includes(0)) return []
  return scanText(bytes.toString('utf8'), own)
}

/** The secrets of the service's settings in this folder, if there are any: the surest thing to look for. */
function ownSecrets(): readonly OwnSecret[] {
  const env = readableEnvironment()
  const secrets = SECRET_VARIABLES.flatMap(name => {
    const text = env[name]?.trim() ?? ''
    const values = name === 'WX_APPS' ? (text.match(/[0-9a-f]{32}/g) ?? []) : [text]
    return values.map((value): OwnSecret => [name, value])
  })
  return secrets.filter(([, { length }]) => length >= SHORTEST_SECRET)
}

/** A `.env` that cannot be read is no matter of the mini program's. */
function readableEnvironment(): Environment {
  try {
    return withEnvFile('.env', process.env)
  } catch (error) {
    if (error instanceof ConfigError) return process.env
    throw error
  }
}
