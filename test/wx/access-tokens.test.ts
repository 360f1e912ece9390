import { createAccessTokens } from '../../src/wx/access-tokens'
import { Clock } from '../support/clock'
import { STRETCHED } from '../support/patience'
import { createRecorder } from './recorder'
import { NO_CACHE } from './start-wx'

const ONE = 'wx0000000000000000'
const OTHER = 'wx1111111111111111'
const clock = new Clock()

function start() {
  const asked: string[] = []
  const accessTokens = createAccessTokens({
    fetchToken: async ({ appid }) => {
      asked.push(appid)
      return { value: `${appid}-${asked.length}`, expiresAt: clock.ms + 7200_000 }
    },
    appids: [ONE, OTHER],
    cache: NO_CACHE,
    patience: STRETCHED,
    now: clock.now,
    log: createRecorder().log,
  })
  return { accessTokens, asked }
}
const of = (appid: string) => ({ appid, origin: {} })

test('each app has an access_token of its own', async () => {
  const { accessTokens, asked } = start()
  const one = await accessTokens.get(of(ONE))
  expect((await accessTokens.get(of(OTHER))).value).not.toBe(one.value)
  expect(await accessTokens.get(of(ONE))).toBe(one)
  expect(asked).toEqual([ONE, OTHER])
})

test('one app’s refused access_token changes nothing for the others', async () => {
  const { accessTokens } = start()
  const [one, other] = [await accessTokens.get(of(ONE)), await accessTokens.get(of(OTHER))]
  expect((await accessTokens.replace(one.value, of(ONE))).value).not.toBe(one.value)
  expect(await accessTokens.get(of(OTHER))).toBe(other)
})

test('an app that is not configured has none', async () => {
  const { accessTokens, asked } = start()
  const unknown = { code: 'unknown_appid' }
  await expect(accessTokens.get(of('wx9999999999999999'))).rejects.toMatchObject(unknown)
  await expect(accessTokens.replace('x', of('wx9999999999999999'))).rejects.toMatchObject(unknown)
  expect(asked).toEqual([])
})

test('the jitter is another one for each access_token, and within two minutes', async () => {
  const seen = new Set<number>()
  for (let i = 0; i < 20; i++) {
    const { accessTokens, asked } = start()
    await accessTokens.get(of(ONE))
    const begun = clock.ms
    clock.advance(7200 - 300 - 1)
    while (asked.length === 1) {
      clock.advance(1)
      await accessTokens.get(of(ONE))
      await new Promise(setImmediate)
    }
    seen.add(clock.ms - begun)
  }
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(6_900_000)
  expect(Math.max(...seen)).toBeLessThanOrEqual(7_021_000)
  expect(seen.size).toBeGreaterThan(5)
})
