import { isUtf8 } from 'node:buffer'
import { gunzipSync } from 'node:zlib'

import type { TransportFault } from '../../src/simulator/index'
import { ask, login, loginUrl, type Reply, start } from './ask'

/** The answer to a login of alice that the fault struck. */
async function struck(transport: TransportFault): Promise<Reply & { text: string; json: unknown }> {
  const simulator = await start()
  simulator.setUnionidBound('wx0000000000000000', true)
  simulator.fail({ transport })
  const reply = await ask(loginUrl(simulator, simulator.mintCode()))
  expect(simulator.calls[0]?.fault).toEqual({ transport })
  expect(reply.headers['content-length']).toBe(String(reply.body.length))
  const text = reply.body.toString()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {}
  return { ...reply, text, json }
}

const FIELDS = {
  openid: expect.stringMatching(/^oSIM/),
  session_key: expect.any(String),
  unionid: expect.stringMatching(/^oSIM/),
}

describe('answers that an honest client accepts', () => {
  it('textplain: the ordinary answer', async () => {
    const { status, headers, json } = await struck('textplain')
    expect([status, headers['content-type'], json]).toEqual([200, 'text/plain', FIELDS])
  })

  it('json: labelled application/json', async () => {
    const { headers, json } = await struck('json')
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(json).toEqual(FIELDS)
  })

  it('gzip: compressed without being asked', async () => {
    const { headers, body } = await struck('gzip')
    expect(headers['content-encoding']).toBe('gzip')
    expect(JSON.parse(gunzipSync(body).toString())).toEqual(FIELDS)
  })

  it('bom: U+FEFF before the JSON', async () => {
    const { body } = await struck('bom')
    expect(body.subarray(0, 3)).toEqual(Buffer.of(0xef, 0xbb, 0xbf))
    expect(JSON.parse(body.subarray(3).toString())).toEqual(FIELDS)
  })

  it.each([
    ['errcodezero', { errcode: 0, errmsg: 'ok' }],
    ['errcodezerostring', { errcode: '0', errmsg: 'ok' }],
    ['expiresin', { expires_in: 7200 }],
  ] as const)('%s: a success with more fields', async (transport, more) => {
    expect((await struck(transport)).json).toEqual({ ...FIELDS, ...more })
  })
})

describe('answers that are no login', () => {
  it.each([
    ['empty', ''],
    ['null', 'null'],
    ['array', '[]'],
    ['emptyobject', '{}'],
  ] as const)('%s: the body is %j', async (transport, body) => {
    const { status, text } = await struck(transport)
    expect([status, text]).toEqual([200, body])
  })

  it('truncated: half of the JSON, with a Content-Length that matches the half', async () => {
    const { text, json } = await struck('truncated')
    expect(text).toMatch(/^\{"session_key":"/)
    expect(json).toBeUndefined()
  })

  it('trailing: JSON, then text', async () => {
    const { text, json } = await struck('trailing')
    expect(text).toMatch(/^\{.*\}\n<!-- trailing -->$/)
    expect(json).toBeUndefined()
  })

  it('badutf8: a byte that no UTF-8 has', async () => {
    const { body, json } = await struck('badutf8')
    expect(isUtf8(body)).toBe(false)
    expect((json as { openid: string }).openid).toContain('\uFFFD')
  })

  it('badgzip: labelled gzip, and is not', async () => {
    const { headers, body } = await struck('badgzip')
    expect(headers['content-encoding']).toBe('gzip')
    expect(() => gunzipSync(body)).toThrow('incorrect header check')
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
})

it('openidhostile: an openid with quotes, SQL, a NUL and line breaks', async () => {
  const { openid } = (await struck('openidhostile')).json as { openid: string }
  for (const piece of ["'", '"', ';', '--', '\0', '\r\n', '\u2028']) expect(openid).toContain(piece)
})

it('a fault of fields leaves a refusal and an unknown path as they are', async () => {
  const simulator = await start()
  simulator.fail({ transport: 'noopenid' }, { times: 2 })
  expect(await login(simulator, 'unknown')).toMatchObject({ errcode: 40029 })
  expect((await ask(`${simulator.url}/sns/userinfo`)).status).toBe(404)
})

describe('answers of something before WeChat', () => {
  it.each([
    ['html200', 200],
    ['html500', 500],
    ['html502', 502],
    ['html503', 503],
    ['html504', 504],
  ] as const)('%s: HTML with status %d', async (transport, status) => {
    const reply = await struck(transport)
    expect([reply.status, reply.headers['content-type']]).toEqual([status, 'text/html'])
    expect(reply.text).toMatch(/^<html>[\s\S]*<\/html>\s*$/)
  })

  it('status429: with Retry-After', async () => {
    const { status, headers } = await struck('status429')
    expect([status, headers['retry-after']]).toEqual([429, '30'])
  })

  it('redirect: 302 to a path which answers like a login, and records who follows', async () => {
    const simulator = await start()
    simulator.fail({ transport: 'redirect' })
    const { status, headers } = await ask(loginUrl(simulator, simulator.mintCode()))
    expect(status).toBe(302)
    expect(simulator.calls).toHaveLength(1)

    const { body } = await ask(String(headers.location))
    expect(JSON.parse(body.toString())).toEqual({
      openid: expect.stringMatching(/^[\w-]{28}$/),
      session_key: expect.any(String),
    })
    expect(simulator.calls[1]?.path).toBe('/redirected')
  })
})
