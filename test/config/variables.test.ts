import { listOptions, SECRET_VARIABLES, VARIABLES } from '../../src/config/variables'

test('no variable belongs to two options', () => {
  expect(new Set(VARIABLES).size).toBe(VARIABLES.length)
})

test('every option is described in both languages, on one line each', () => {
  for (const { name, words } of listOptions()) {
    expect({ name, zh: words.zh.trim(), en: words.en.trim() }).toEqual({
      name,
      zh: expect.stringMatching(/^.{2,}$/u),
      en: expect.stringMatching(/^[^\n]{10,}$/),
    })
  }
})

test('whatever is called a secret, a token, a proxy or a URL of a store may come as a file', () => {
  const telling = VARIABLES.filter(name =>
    /SECRET|PRIVATE_KEY|TOKEN$|APPS$|^(DATABASE|REDIS)_URL|^WX_PROXY/.test(name),
  )
  expect([...SECRET_VARIABLES].sort()).toEqual(telling.sort())
})

test('a variable’s name is the option’s, but for its notation and for two that are older', () => {
  const older: Readonly<Record<string, string>> = {
    DATABASE_URL: 'database',
    WX_APPS: 'apps',
    WX_APPID: 'appid',
    WX_SECRET: 'appSecret',
    WX_SECRET_PREVIOUS: 'appSecretPrevious',
  }
  for (const { env, name } of listOptions()) {
    if (env === undefined) continue
    const expected =
      older[env] ?? env.toLowerCase().replace(/_(.)/g, (_all, letter) => letter.toUpperCase())
    expect(name).toBe(expected)
  }
})
