import { jsonBody, parameter, type RecordedCall, redact } from '../../../src/simulator/core/call'
import { ask, login, start } from '../ask'

const call = (changes: Partial<RecordedCall>): RecordedCall => ({
  method: 'POST',
  path: '/x',
  query: [],
  headers: {},
  body: '',
  at: 0,
  ...changes,
})

it('the path and the decoded query are apart, with every duplicate in order', async () => {
  const simulator = await start()
  await ask(`${simulator.url}/x?b=%26&a=1&b=2?3`)
  expect(simulator.calls[0]).toMatchObject({
    path: '/x',
    query: [
      ['b', '&'],
      ['a', '1'],
      ['b', '2?3'],
    ],
  })
})

it('a body of over 1 MB breaks the connection, and the simulator lives on', async () => {
  const simulator = await start()
  const tooMuch = ask(`${simulator.url}/x`, { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) })
  await expect(tooMuch).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) })
  expect(await login(simulator, 'sim-alice-1')).toHaveProperty('openid')
  expect(simulator.calls).toHaveLength(1)
})

it('a parameter is the first of its name, and "" when it is absent', () => {
  const asked = call({
    query: [
      ['a', '1'],
      ['a', '2'],
    ],
  })
  expect([parameter(asked, 'a'), parameter(asked, 'b')]).toEqual(['1', ''])
})

it.each([
  ['{"a":1}', { a: 1 }],
  ['[]', undefined],
  ['null', undefined],
  ['"text"', undefined],
  ['', undefined],
  ['{', undefined],
])('the JSON object in the body %j is %j', (body, object) => {
  expect(jsonBody(call({ body }))).toEqual(object)
})

it.each([
  ['{"secret":"canary","a":1}', '{"secret":"[redacted]","a":1}'],
  ['{"AppSecret" : "canary"}', '{"AppSecret" : "[redacted]"}'],
  ['secret=canary&a=1', 'secret=[redacted]&a=1'],
  ['{"a":"secret"}', '{"a":"secret"}'],
])('redact hides the secret in the body %s', (body, shown) => {
  const original = call({ body, query: [['SECRET', 'canary']] })
  expect(redact(original, ['secret', 'pin'])).toMatchObject({
    body: shown,
    query: [['SECRET', '[redacted]']],
  })
  expect(original.body).toBe(body)
})
