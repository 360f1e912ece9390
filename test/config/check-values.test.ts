import { z } from 'zod'
import { checkTogether, checkValues } from '../../src/config/check-values'
import type { Option } from '../../src/config/option'
import { strict, whole } from '../../src/config/schemas'

const option = <T extends z.ZodType>(schema: T) =>
  ({ group: 'token', schema, words: { zh: '例', en: 'an example' } }) as const satisfies Option

const TABLE = {
  limit: option(whole(1, 9).default(5)),
  name: option(z.string({ error: 'must be a string' })),
  nested: option(strict({ one: whole(1, 9) }).optional()),
}

function check(given: Record<string, unknown>) {
  const problems: string[][] = []
  const values = checkValues(TABLE, given, (...problem) => void problems.push(problem))
  return { values, problems }
}

test('values are checked each by its schema, and defaults filled in', () => {
  expect(check({ name: 'n', unknown: 1 })).toEqual({
    values: { limit: 5, name: 'n', nested: undefined },
    problems: [],
  })
})

test('every problem is reported, once an option, with the path inside it', () => {
  expect(check({ limit: 10, nested: { one: 0 } }).problems).toEqual([
    ['limit', 'must be a whole number from 1 to 9'],
    ['name', 'must be a string'],
    ['nested.one', 'must be a whole number from 1 to 9'],
  ])
})

const RELATED = {
  tokenTtlSeconds: 60,
  sessionTtlSeconds: 60,
  cloudRunEnv: undefined,
  cbrEnvId: undefined,
  wxApiBaseUrl: 'https://api.weixin.qq.com',
  wxApiInsecure: 'off' as const,
}

function together(changes: object): string[] {
  const names: string[] = []
  checkTogether({ ...RELATED, ...changes }, name => void names.push(name))
  return names
}

test('a token may live as long as its session, and no longer', () => {
  expect(together({})).toEqual([])
  expect(together({ tokenTtlSeconds: 61 })).toEqual(['tokenTtlSeconds'])
})

test('the gateway of Cloud Hosting is believed in its own env alone', () => {
  const cloudRunEnv = 'prod-1'
  expect(together({ cloudRunEnv, cbrEnvId: 'prod-1' })).toEqual([])
  expect(together({ cbrEnvId: 'prod-1' })).toEqual([])
  expect(together({ cloudRunEnv })).toEqual(['cloudRunEnv'])
  expect(together({ cloudRunEnv, cbrEnvId: 'prod-2' })).toEqual(['cloudRunEnv'])
})

test('what was refused by itself is not compared', () => {
  expect(together({ tokenTtlSeconds: 99, sessionTtlSeconds: undefined })).toEqual([])
})

test('WeChat is asked by plain http on this machine, and elsewhere only where that is meant', () => {
  expect(together({ wxApiBaseUrl: 'http://127.0.0.1:4000' })).toEqual([])
  const wxApiBaseUrl = 'http://api.weixin.qq.com'
  expect(together({ wxApiBaseUrl })).toEqual(['wxApiBaseUrl'])
  expect(together({ wxApiBaseUrl, wxApiInsecure: 'on' })).toEqual([])
})
