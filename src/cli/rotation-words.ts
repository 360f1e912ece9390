import type { RotatedKey } from './rotated-key'

const EVERYWHERE =
  '把这个 .env 放到所有实例，逐个重启，全部完成 · put this .env on every instance and restart them one by one, all of them'

const DONE: Readonly<Record<number, string>> = {
  1: '第 1 步，共 3 步：新旧两把都认，旧的签 · step 1 of 3: both are recognised, the old one signs',
  2: '第 2 步，共 3 步：新的签，旧的还认 · step 2 of 3: the new one signs, the old one is still recognised',
  3: '第 3 步，共 3 步：只剩新的 · step 3 of 3: only the new one is left',
}

export interface StepTaken {
  readonly step: number
  readonly key: RotatedKey
  /** Seconds to wait before the next step. */
  readonly waitSeconds: number
  /** Another one that is set, too, and was left as it is. */
  readonly other?: RotatedKey | undefined
}

/** What was done, and what the operator does before the next step. */
export function wordsAfter({ step, key, waitSeconds, other }: StepTaken): string {
  const todo = step === 3 ? [EVERYWHERE] : stepsBetween({ step, key, waitSeconds })
  return [
    `${key.name} ${DONE[step]}`,
    ...(other ? [untouched(other)] : []),
    '接下来 next:',
    ...(todo.length === 1 ? [`  ${todo}`] : todo.map((line, index) => `  ${index + 1}. ${line}`)),
  ].join('\n')
}

function stepsBetween({ step, key, waitSeconds }: StepTaken): string[] {
  const [why, whyEn] =
    step === 1
      ? ['其他服务缓存公钥', 'others keep the public keys']
      : ['TOKEN_TTL_SECONDS', 'TOKEN_TTL_SECONDS']
  const wait = `从最后一个重启完算起等 ${waitSeconds} 秒（${why}）· wait ${waitSeconds} s (${whyEn}) after the last restart`
  return [
    EVERYWHERE,
    ...(waitSeconds > 0 ? [wait] : []),
    `再运行 ${key.command} · run ${key.command} again`,
  ]
}

function untouched({ name, command }: RotatedKey): string {
  return `${name} 不变；轮换它用 ${command} · ${name} stays; ${command} rotates it`
}

/** Why a step is not taken yet. */
export function tooEarly(step: number, { name }: RotatedKey, endMs: number): string {
  const time = new Date(endMs).toISOString()
  if (step === 1) {
    return `还早：到 ${time} 其他服务才都取到新公钥；没有改动 · too early: until ${time} other services may not have the new public key; nothing was changed`
  }
  const which = name === 'JWT_SECRET' ? ['旧密钥', 'the old secret'] : ['旧私钥', 'the old key']
  return `还早：${which[0]}签的令牌到 ${time} 才全部过期；没有改动 · too early: tokens of ${which[1]} hold until ${time}; nothing was changed`
}
