import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AddCommand, examples, UsageError } from './command'
import type { Terminal } from './terminal'

const BUILT = join(__dirname, '../../client/miniprogram_dist')
const NAME = 'miniprogram-login-client'
const MODULE = `./${NAME}`
/** Stands in every file of the SDK, and hardly in another. */
const MARK = 'LoginClientError'

/** `client DIR`: the mini program's SDK as one file, for projects without npm. */
export const addClient: AddCommand = (program, { terminal, end }) => {
  program
    .command('client')
    .description(
      '把小程序端 SDK 复制到目录里，一个文件；已有的旧版会更新 · copies the mini program’s SDK into a folder, as one file; an older one is replaced',
    )
    .argument('<dir>', '目录，没有则新建 · the folder; made where there is none')
    .addHelpText('after', examples('miniprogram-login client miniprogram/utils'))
    .action((dir: string) => end(copyClient(dir, terminal)))
}

function copyClient(dir: string, { say, print }: Terminal): number {
  const files = ['js', 'd.ts'].map(extension => ({
    from: join(BUILT, `index.${extension}`),
    to: join(dir, `${NAME}.${extension}`),
  }))
  const foreign = files.find(({ to }) => existsSync(to) && !readFileSync(to, 'utf8').includes(MARK))
  if (foreign) {
    say(`${foreign.to} 不是 SDK，没有改动 · ${foreign.to} is not the SDK and was left alone`)
    return 1
  }
  try {
    mkdirSync(dir, { recursive: true })
    for (const { from, to } of files) copyFileSync(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new UsageError(`${dir} 不是目录 · ${dir} is not a folder`)
    }
    say(`${dir} 写不了（${code}）· ${dir} cannot be written (${code})`)
    return 1
  }
  for (const { to } of files) print(to)
  say(NEXT)
  return 0
}

const NEXT = `
用法 / use:
  const { createClient } = require('${MODULE}')
  const login = createClient({ baseUrl: 'https://api.example.com' })
  login.request({ url: '/orders' }).then(res => console.log(res.data))

全部说明 all of it: client/README.md`
