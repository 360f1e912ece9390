import { gunzipSync } from 'node:zlib'
import { FIELDS, struck } from '../struck'

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
})

describe('answers that are no success', () => {
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

  it('badgzip: labelled gzip, and is not', async () => {
    const { headers, body } = await struck('badgzip')
    expect(headers['content-encoding']).toBe('gzip')
    expect(() => gunzipSync(body)).toThrow('incorrect header check')
  })
})
