import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { newSecret, presentDevSecret } from '../config/dev-secret'
import { withEnvFile } from '../config/env-file'
import { readEnvironment } from '../config/read-environment'
import type { Environment } from '../config/read-variables'
import { SIMULATOR_APP } from '../simulator'
import { type AddCommand, examples, UsageError } from './command'
import { replaceFile } from './replace-file'
import {
  nextStep,
  problemWithLines,
  type Rotation,
  type RotationFile,
  RotationRefused,
  rotationOf,
} from './rotation'
import type { Terminal } from './terminal'

const FILE = '.env'

interface Options {
  readonly step?: string
  readonly force?: boolean
  readonly json?: boolean
}

/** `keys rotate`: the three steps of docs/key-rotation.md, one a run. */
export const addKeys: AddCommand = (program, { terminal, end }) => {
  const keys = program
    .command('keys')
    .helpCommand(false)
    .description('签名密钥 · the signing secret')
    .addHelpText('after', examples('miniprogram-login keys rotate'))
  keys
    .command('rotate')
    .description(
      '轮换 .env 里的 JWT_SECRET：每运行一次走一步，共三步，无人掉线 · rotates JWT_SECRET in .env, a step a run, three in all; nobody is logged out',
    )
    .option('--step <n>', '手工开始的轮换：下一步是 2 还是 3 · of a rotation begun by hand: 2 or 3')
    .option(
      '--force',
      '第 3 步不等旧令牌过期，它们的人要重新登录 · step 3 without the wait: who still has an old token logs in again',
    )
    .option('--json', 'JSON')
    .addHelpText(
      'after',
      examples(
        'miniprogram-login keys rotate          # 1：两把都认 · both are recognised',
        'miniprogram-login keys rotate          # 2：新的来签 · the new one signs',
        'miniprogram-login keys rotate          # 3：只剩新的 · only the new one is left',
      ),
    )
    .action((options: Options) => end(rotate(options, terminal)))
}

function rotate(options: Options, { print, say }: Terminal): number {
  const now = Date.now()
  try {
    const { file, env } = readFile()
    const { tokenTtlSeconds } = readEnvironment(env, SIMULATOR_APP, presentDevSecret).login
    const rotation = rotationOf(file, stepOf(options.step))
    if (!options.force) refuseEarly(rotation, { now, waitMs: tokenTtlSeconds * 1000 })
    const next = nextStep(file, rotation, { newSecret: newSecret(), now })
    replaceFile(FILE, next.text, draft => checkDraft(draft, next))
    const step = rotation.step + 1
    const notBefore = step === 2 ? new Date(now + tokenTtlSeconds * 1000).toISOString() : null
    if (options.json) print(JSON.stringify({ step, of: 3, not_before: notBefore }))
    say(wordsAfter(step, tokenTtlSeconds))
    return 0
  } catch (error) {
    if (!(error instanceof RotationRefused || isOfSystem(error))) throw error
    say(error instanceof RotationRefused ? error.message : wordsOfSystem(error))
    return 1
  }
}

function stepOf(text: string | undefined): 2 | 3 | undefined {
  if (text === undefined) return undefined
  if (text === '2' || text === '3') return text === '2' ? 2 : 3
  throw new UsageError('--step 须为 2 或 3 · --step must be 2 or 3')
}

/** The file, and the whole environment as the server would read it. */
function readFile(): { file: RotationFile; env: Environment } {
  const text = readFileSync(FILE, 'utf8')
  const problem = problemElsewhere(process.env) ?? problemWithLines(text)
  if (problem) throw new RotationRefused(problem)
  const own = withEnvFile(FILE, {})
  const fromFile = problemElsewhere({ ...own, JWT_SECRET: '', JWT_SECRET_PREVIOUS: '' })
  if (fromFile) throw new RotationRefused(fromFile)
  const { JWT_SECRET: secret = '', JWT_SECRET_PREVIOUS: previous } = own
  return {
    file: { text, secret, previous: previous || undefined },
    env: withEnvFile(FILE, process.env),
  }
}

/** What the service would take instead of the line in the file. */
function problemElsewhere(env: Environment): string | undefined {
  const names = ['JWT_SECRET', 'JWT_SECRET_PREVIOUS'].flatMap(name => [name, `${name}_FILE`])
  const set = names.find(name => env[name]?.trim())
  if (!set) return undefined
  return `${set} 已设，优先于 .env 里的那一行：请在那里轮换，见 docs/key-rotation.md\n${set} is set and wins over the line in .env: rotate it there, see docs/key-rotation.md`
}

/** Tokens that the old secret signed hold until they end. */
function refuseEarly(
  { step, takenAt }: Rotation,
  { now, waitMs }: { now: number; waitMs: number },
) {
  if (step !== 2) return
  if (takenAt === undefined) {
    throw new RotationRefused(
      '第 2 步是什么时候完成的没有记录：距它至少 TOKEN_TTL_SECONDS 之后，加 --force · when step 2 was taken is not known: once TOKEN_TTL_SECONDS have passed since, add --force',
    )
  }
  const end = takenAt + waitMs
  if (now >= end) return
  const time = new Date(end).toISOString()
  throw new RotationRefused(
    `还早：旧密钥签的令牌到 ${time} 才全部过期；没有改动 · too early: tokens of the old secret hold until ${time}; nothing was changed`,
  )
}

/** The new file must say what is meant and leave all other variables as they were. */
function checkDraft(draft: string, { secret, previous }: RotationFile): void {
  const { JWT_SECRET, JWT_SECRET_PREVIOUS, ...others } = withEnvFile(draft, {})
  const { JWT_SECRET: _old, JWT_SECRET_PREVIOUS: _other, ...before } = withEnvFile(FILE, {})
  const isAsMeant = JWT_SECRET === secret && (JWT_SECRET_PREVIOUS || undefined) === previous
  if (isAsMeant && isDeepStrictEqual(others, before)) return
  throw new RotationRefused(
    '.env 的写法不寻常，改不准：请照 docs/key-rotation.md 手工改；没有改动 · .env is written in a way that cannot be changed safely: follow docs/key-rotation.md by hand; nothing was changed',
  )
}

function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string'
}

function wordsOfSystem({ code, path }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return '这里没有 .env · there is no .env here'
  if (code === 'EEXIST') {
    return `${path} 已存在：另一次轮换正在进行，或被中断过；看过之后删去它 · ${path} is there: another rotation is under way, or was killed; look, and remove it`
  }
  return `.env 不能替换（${code}），没有改动 · .env cannot be replaced (${code}); nothing was changed`
}

const EVERYWHERE =
  '把这个 .env 放到所有实例，逐个重启，全部完成 · put this .env on every instance and restart them one by one, all of them'

function wordsAfter(step: number, ttl: number): string {
  if (step === 1) {
    return `第 1 步，共 3 步：新旧两把都认，旧的签 · step 1 of 3: both are recognised, the old one signs
接下来 next:
  1. ${EVERYWHERE}
  2. 再运行 keys rotate · run keys rotate again`
  }
  if (step === 2) {
    return `第 2 步，共 3 步：新的签，旧的还认 · step 2 of 3: the new one signs, the old one is still recognised
接下来 next:
  1. ${EVERYWHERE}
  2. 从最后一个重启完算起等 ${ttl} 秒（TOKEN_TTL_SECONDS）· wait ${ttl} s (TOKEN_TTL_SECONDS) after the last restart
  3. 再运行 keys rotate · run keys rotate again`
  }
  return `第 3 步，共 3 步：只剩新的 · step 3 of 3: only the new one is left
接下来 next:
  ${EVERYWHERE}`
}
