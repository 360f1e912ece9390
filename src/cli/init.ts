import { writeFileSync } from 'node:fs'
import { keptDevSecret, newSecret } from '../config/dev-secret'
import { newEnvFile } from '../config/option-tables'
import { OPTIONS } from '../config/variables'
import { type AddCommand, examples } from './command'
import type { Terminal } from './terminal'

const FILE = '.env'

/** `init`: a `.env` to begin with. */
export const addInit: AddCommand = (program, { terminal, end }) => {
  program
    .command('init')
    .description(
      '在当前目录生成 .env（仅本人可读，密钥已生成；已有则不动）· writes .env with a strong secret, readable by you alone; one that exists is left alone',
    )
    .addHelpText('after', examples('miniprogram-login init'))
    .action(() => end(writeEnvFile(terminal)))
}

function writeEnvFile({ say }: Terminal): number {
  // Who ran the service here without a `.env` has users whose proofs rest on that secret.
  const kept = keptDevSecret(String(OPTIONS.database.schema.parse(undefined)))
  const text =
    kept === undefined
      ? newEnvFile({ JWT_SECRET: newSecret(), ADOPT_USERS: 'off' })
      : newEnvFile({ JWT_SECRET: kept })
  try {
    writeFileSync(FILE, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    say(
      code === 'EEXIST'
        ? '.env 已存在，没有改动 · .env exists and was left alone'
        : `.env 写不了（${code}）· .env cannot be written (${code})`,
    )
    return 1
  }
  say(kept === undefined ? WRITTEN : `${KEPT}\n${WRITTEN}`)
  return 0
}

const KEPT =
  '沿用此目录开发时的密钥，已登录的不掉线 · the secret that was in use here is kept: nobody is logged out'

const WRITTEN = `.env 已生成，权限 0600；不要提交到代码库 · wrote .env (0600); keep it out of the repository

下一步 / next:
  1. 填 WX_APPID 与 WX_SECRET（小程序后台 → 开发管理 → 开发设置）；留空则用内置模拟器
     fill in WX_APPID and WX_SECRET from the mini program's console; left empty, the simulator answers
  2. npx miniprogram-login dev
  3. npx miniprogram-login doctor`
