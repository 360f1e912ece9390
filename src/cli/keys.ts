import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { presentDevSecret } from '../config/dev-secret'
import { withEnvFile } from '../config/env-file'
import { readEnvironment } from '../config/read-environment'
import type { Environment } from '../config/read-variables'
import { SIMULATOR_APP } from '../simulator'
import { type AddCommand, examples, UsageError } from './command'
import { replaceFile } from './replace-file'
import { PRIVATE_KEY, type RotatedKey, SECRET } from './rotated-key'
import {
  nextStep,
  problemWithLines,
  type Rotation,
  type RotationFile,
  RotationRefused,
  rotationOf,
} from './rotation'
import { tooEarly, wordsAfter } from './rotation-words'
import type { Terminal } from './terminal'

const FILE = '.env'

interface Options {
  readonly privateKey?: boolean
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
      '轮换 .env 里的 JWT_SECRET，或 JWT_PRIVATE_KEY：每运行一次走一步，共三步，无人掉线 · rotates JWT_SECRET in .env, or JWT_PRIVATE_KEY, a step a run, three in all; nobody is logged out',
    )
    .option(
      '--private-key',
      '轮换的是 JWT_PRIVATE_KEY（ES256）；JWT_SECRET 不变 · rotates JWT_PRIVATE_KEY (ES256); JWT_SECRET stays',
    )
    .option('--step <n>', '手工开始的轮换：下一步是 2 还是 3 · of a rotation begun by hand: 2 or 3')
    .option(
      '--force',
      '不等：旧令牌还没过期的人要重新登录，没取到新公钥的服务会拒绝新令牌 · without the wait: who still has an old token logs in again, and services without the new public key refuse new tokens',
    )
    .option('--json', 'JSON')
    .addHelpText(
      'after',
      examples(
        'miniprogram-login keys rotate          # 1：两把都认 · both are recognised',
        'miniprogram-login keys rotate          # 2：新的来签 · the new one signs',
        'miniprogram-login keys rotate          # 3：只剩新的 · only the new one is left',
        'miniprogram-login keys rotate --private-key   # 私钥，同样三步 · the private key, in three steps, too',
      ),
    )
    .action((options: Options) => end(rotate(options, terminal)))
}

function rotate(options: Options, { print, say }: Terminal): number {
  const now = Date.now()
  const key = options.privateKey ? PRIVATE_KEY : SECRET
  try {
    const { file, ttl, other } = readFile(key)
    const rotation = rotationOf(file, stepOf(options.step))
    const waits = [0, key.publishedSeconds, ttl, 0]
    if (!options.force) refuseEarly(rotation, { key, now, waitSeconds: waits[rotation.step] ?? 0 })
    const next = nextStep(file, rotation, { newSecret: key.makeNew(), now })
    replaceFile(FILE, next.text, draft => checkDraft(draft, next))
    const step = rotation.step + 1
    const waitSeconds = waits[step] ?? 0
    const notBefore = waitSeconds > 0 ? new Date(now + waitSeconds * 1000).toISOString() : null
    const said = { name: key.name, step, of: 3, not_before: notBefore }
    if (options.json) print(JSON.stringify(said))
    say(wordsAfter({ step, key, waitSeconds, other }))
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

interface FileRead {
  readonly file: RotationFile
  /** TOKEN_TTL_SECONDS as the server would read it. */
  readonly ttl: number
  /** The other one of both, where it is in the file, too. */
  readonly other: RotatedKey | undefined
}

function readFile(key: RotatedKey): FileRead {
  const text = readFileSync(FILE, 'utf8')
  const own = withEnvFile(FILE, {})
  const problem =
    problemElsewhere(process.env, key) ??
    problemElsewhere({ ...own, [key.name]: '', [key.previous]: '' }, key) ??
    problemWithLines(text, key)
  if (problem) throw new RotationRefused(problem)
  const env = withEnvFile(FILE, process.env)
  const { login } = readEnvironment(env, SIMULATOR_APP, presentDevSecret)
  const other = [SECRET, PRIVATE_KEY].find(each => each !== key && isSet(each, env))
  return { file: { key, text, ...valuesOf(key, own) }, ttl: login.tokenTtlSeconds, other }
}

const isSet = ({ name }: RotatedKey, env: Environment) =>
  Boolean(env[name]?.trim() || env[`${name}_FILE`]?.trim())

function valuesOf(key: RotatedKey, env: Environment): Pick<RotationFile, 'secret' | 'previous'> {
  const { [key.name]: secret = '', [key.previous]: previous } = env
  return {
    secret: key.canonical(secret),
    previous: previous ? key.canonical(previous) : undefined,
  }
}

/** What the service would take instead of the line in the file. */
function problemElsewhere(env: Environment, key: RotatedKey): string | undefined {
  const names = [key.name, key.previous].flatMap(name => [name, `${name}_FILE`])
  const set = names.find(name => env[name]?.trim())
  if (!set) return undefined
  return `${set} 已设，优先于 .env 里的那一行：请在那里轮换，见 docs/key-rotation.md\n${set} is set and wins over the line in .env: rotate it there, see docs/key-rotation.md`
}

/** Until the wait after a step is over, others would refuse good tokens, or people lose theirs. */
function refuseEarly(
  { step, takenAt }: Rotation,
  { key, now, waitSeconds }: { key: RotatedKey; now: number; waitSeconds: number },
) {
  if (waitSeconds === 0) return
  if (takenAt === undefined) {
    const wait = step === 1 ? `${waitSeconds} s` : 'TOKEN_TTL_SECONDS'
    throw new RotationRefused(
      `第 ${step} 步是什么时候完成的没有记录：距它至少 ${wait} 之后，加 --force · when step ${step} was taken is not known: once ${wait} have passed since, add --force`,
    )
  }
  const endMs = takenAt + waitSeconds * 1000
  if (now < endMs) throw new RotationRefused(tooEarly(step, key, endMs))
}

/** The new file must say what is meant and leave all other variables as they were. */
function checkDraft(draft: string, { key, secret, previous }: RotationFile): void {
  const { [key.name]: _new, [key.previous]: _newOther, ...others } = withEnvFile(draft, {})
  const { [key.name]: _old, [key.previous]: _oldOther, ...before } = withEnvFile(FILE, {})
  const written = valuesOf(key, withEnvFile(draft, {}))
  if (isDeepStrictEqual(written, { secret, previous }) && isDeepStrictEqual(others, before)) return
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
