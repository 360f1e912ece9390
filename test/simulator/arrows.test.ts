import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SIMULATOR = join(__dirname, '../../src/simulator')
const CORE = readdirSync(join(SIMULATOR, 'core')).map(name => ({
  name,
  text: readFileSync(join(SIMULATOR, 'core', name), 'utf8'),
}))

it('core imports nothing but Node and itself, types included', () => {
  const imports = CORE.flatMap(({ name, text }) =>
    [...text.matchAll(/(?:from|import|require\()\s*'([^']+)'/g)].map(
      ([, path]) => `${name} ${path}`,
    ),
  )
  expect(imports.length).toBeGreaterThan(20)
  expect(imports.filter(line => !/^\S+ (node:|\.\/[^/]+$)/.test(line))).toEqual([])
})

it('core has no word of WeChat: another platform could stand on it', () => {
  const words = /wechat|weixin|微信|appid|openid|unionid|session_?key|access_?token|oSIM/i
  const found = CORE.flatMap(({ name, text }) =>
    text
      .split('\n')
      .filter(line => words.test(line))
      .map(line => `${name}: ${line.trim()}`),
  )
  expect(found).toEqual([])
})
