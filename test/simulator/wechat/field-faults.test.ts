import { isUtf8 } from 'node:buffer'
import { ask, login, start } from '../ask'
import { FIELDS, struck } from '../struck'

it.each([
  ['errcodezero', { errcode: 0, errmsg: 'ok' }],
  ['errcodezerostring', { errcode: '0', errmsg: 'ok' }],
  ['expiresin', { expires_in: 7200 }],
] as const)('%s: a success with more fields', async (transport, more) => {
  expect((await struck(transport)).json).toEqual({ ...FIELDS, ...more })
})

it('badutf8: a byte that no UTF-8 has', async () => {
  const { body, json } = await struck('badutf8')
  expect(isUtf8(body)).toBe(false)
  expect((json as { openid: string }).openid).toContain('\uFFFD')
})

it.each([
  ['openidempty', { openid: '' }],
  ['openidnumber', { openid: 12345 }],
  ['openidnull', { openid: null }],
  ['sessionkeyempty', { session_key: '' }],
  ['sessionkeynumber', { session_key: 12345 }],
  ['unionidnumber', { unionid: 12345 }],
  ['errcodewithopenid', { errcode: 40029, errmsg: 'invalid code' }],
] as const)('%s: a success but for %j', async (transport, changed) => {
  expect((await struck(transport)).json).toEqual({ ...FIELDS, ...changed })
})

it.each([
  ['noopenid', 'openid'],
  ['nosessionkey', 'session_key'],
] as const)('%s: a success without %s', async (transport, missing) => {
  const { [missing]: _, ...rest } = FIELDS
  expect((await struck(transport)).json).toEqual(rest)
})

it('errcodestring: 40029 as a string', async () => {
  expect((await struck('errcodestring')).json).toEqual({
    errcode: '40029',
    errmsg: expect.stringMatching(/^invalid code, rid: /),
  })
})

it('errcodestring keeps the errcode of a real refusal', async () => {
  const simulator = await start()
  simulator.fail({ transport: 'errcodestring' })
  expect(await login(simulator, simulator.mintCode(), { secret: 'x' })).toMatchObject({
    errcode: '40125',
  })
})

it('openidhostile: an openid with quotes, SQL, a NUL and line breaks', async () => {
  const { openid } = (await struck('openidhostile')).json as { openid: string }
  for (const piece of ["'", '"', ';', '--', '\0', '\r\n', '\u2028']) expect(openid).toContain(piece)
})

it('openidwide: an openid with characters above U+00FF', async () => {
  const { openid } = (await struck('openidwide')).json as { openid: string }
  expect([...openid].some(char => Number(char.codePointAt(0)) > 0xff)).toBe(true)
})

it('a fault of fields leaves a refusal and an unknown path as they are', async () => {
  const simulator = await start()
  simulator.fail({ transport: 'noopenid' }, { times: 2 })
  expect(await login(simulator, 'unknown')).toMatchObject({ errcode: 40029 })
  expect((await ask(`${simulator.url}/sns/userinfo`)).status).toBe(404)
})
