import { SAMPLE_BASE } from '../../src/http/openapi/samples'
import { openHall } from '../client/phone'
import { PRIVATE_KEY } from '../support/private-keys'
import { callByCurl, samplesOf, withFreshCodes } from '../support/samples'
import { type Service, startService } from '../support/service'

/** What samples give to wx.request. */
interface WxRequest {
  url: string
  method?: string
  header?: Record<string, string>
  data?: object
}

let service: Service
beforeAll(async () => {
  service = await startService({ jwtPrivateKey: PRIVATE_KEY })
})
afterAll(() => service.close())

/** Those that name the user of the examples, who is nobody here. */
const OF_NO_USER = samplesOf('curl')
  .map(({ id }) => id)
  .filter(id => id.includes('InternalUsersById'))

/** Of WeChat's ciphertext, and of an id that no session has. */
const EXPECTED: Readonly<Record<string, string>> = {
  ...{ postDecrypt: '400', deleteSessionsById: '404' },
  ...Object.fromEntries(OF_NO_USER.map(id => [id, '404'])),
}

test.each(samplesOf('curl'))('the curl of $id does what it says', async ({ id, source }) => {
  expect(await callByCurl(source, service)).toBe(EXPECTED[id] ?? '200')
})

test.each(samplesOf('wx.request'))(
  'the wx.request of $id does what it says',
  async ({ id, source }) => {
    const { token } = await service.logIn()
    const detail = {
      ...service.simulator.encryptUserInfo(),
      code: service.simulator.mintPhoneCode({ user: 'alice' }),
    }
    const asked: Promise<Response>[] = []
    const wx = {
      getStorageSync: () => token,
      login: async () => ({ code: service.simulator.mintCode({ user: 'alice' }) }),
      request({ url, method = 'GET', header = {}, data }: WxRequest) {
        const here = url.replace(SAMPLE_BASE, `http://127.0.0.1:${service.port}`)
        const headers = { 'Content-Type': 'application/json', ...header }
        asked.push(fetch(here, { method, headers, ...(data && { body: JSON.stringify(data) }) }))
      },
    }
    await run(withFreshCodes(source, service), { wx, e: { detail } })
    expect(asked).toHaveLength(1)
    const expected = id === 'postDecrypt' ? '200' : (EXPECTED[id] ?? '200')
    expect(String((await asked[0])?.status)).toBe(expected)
  },
)

test('the SDK’s line of every operation does what it says', async () => {
  const hall = await openHall()
  try {
    for (const { id, source } of samplesOf('SDK').filter(
      each => each.id !== 'deleteSessionsById',
    )) {
      const { login } = hall.phone()
      await login.login()
      const { simulator } = hall.service
      const user = simulator.encryptUserInfo({ user: 'alice' })
      const detail = { ...user, code: simulator.mintPhoneCode({ user: 'alice' }), errMsg: ':ok' }
      const outcome = await run(`${source}; return true`, { login, e: { detail } })
      expect([id, outcome]).toEqual([id, true])
    }
  } finally {
    await hall.service.close()
  }
})

/** Runs a sample with the names that it uses. */
function run(source: string, names: Readonly<Record<string, unknown>>): Promise<unknown> {
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  return Reflect.apply(AsyncFunction(...Object.keys(names), source), null, Object.values(names))
}
