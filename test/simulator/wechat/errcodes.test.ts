import { ERRCODES } from '../../../src/simulator/index'
import { ask, login, loginUrl, start } from '../ask'

/** Section by section what WeChat documents or was seen to send; `null` where only the number is. */
const DOCUMENTED: [errcode: number, errmsg: string | null, spends: boolean][] = [
  [-1, 'system error', true],
  [40001, null, false],
  [40002, 'invalid grant_type', false],
  [40003, null, true],
  [40013, 'invalid appid', false],
  [40014, 'invalid access_token', false],
  [40029, 'invalid code', true],
  [40090, null, false],
  [40094, 'invalid component credential', false],
  [40097, 'invalid args', false],
  [40125, 'invalid appsecret', false],
  [40163, 'code been used', true],
  [40164, 'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist', false],
  [40226, 'code blocked', true],
  [40243, null, false],
  [41001, 'access_token missing', false],
  [41002, 'appid missing', false],
  [41004, 'appsecret missing', false],
  [41008, 'missing code', false],
  [41021, 'missing component_access_token', false],
  [42001, 'access_token expired', false],
  [42003, null, true],
  [43002, 'require POST method', false],
  [44002, null, false],
  [45009, 'reach max api daily quota limit', false],
  [45011, 'api minute-quota reach limit mustslower retry next minute', false],
  [45035, 'access clientip is not registered, not in ip-white-list', false],
  [47001, null, false],
  [48001, 'api unauthorized', false],
  [48004, null, false],
  [50002, null, false],
  [50004, null, false],
  [50007, null, false],
  [61003, 'component is not authorized by this account', false],
  [61004, null, false],
  [61007, null, false],
  [87007, 'session_key is not existd or expired', true],
  [87008, 'invalid sig_method', true],
  [87009, 'invalid signature', true],
  [89503, null, false],
  [89506, null, false],
  [89507, null, false],
]

it('every errcode of the table is tested here, and the other way round', () => {
  const numbers = DOCUMENTED.map(([errcode]) => errcode).sort()
  expect(Object.keys(ERRCODES).map(Number).sort()).toEqual(numbers)
})

it.each(DOCUMENTED)(
  'the fault errcode %d is sent as WeChat sends it',
  async (n, errmsg, spends) => {
    const simulator = await start()
    const code = simulator.mintCode()
    simulator.fail({ errcode: n })
    const { status, headers, body } = await ask(loginUrl(simulator, code))
    const answer = JSON.parse(body.toString())
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/plain')
    expect(Object.keys(answer)).toEqual(['errcode', 'errmsg'])
    expect(answer.errcode).toBe(n)
    const [text, rid] = answer.errmsg.split(', rid: ')
    expect(rid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/)
    expect(text).toBe(errmsg ?? ERRCODES[n])
    expect(simulator.calls[0]).toMatchObject({ errcode: n, fault: { errcode: n } })

    const again = await login(simulator, code)
    if (spends) expect(again.errcode).toBe(40163)
    else expect(again).toHaveProperty('openid')
  },
)

it('an errcode nobody has documented is sent too', async () => {
  const simulator = await start()
  simulator.fail({ errcode: 99999 })
  expect(await login(simulator, simulator.mintCode())).toMatchObject({ errcode: 99999 })
})
