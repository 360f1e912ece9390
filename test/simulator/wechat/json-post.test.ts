import { SIMULATOR_APP } from '../../../src/simulator/index'
import { ask } from '../ask'
import { json, post, startWithClock } from '../credentials'

it('a POST takes a JSON object and nothing else', async () => {
  const { simulator } = await startWithClock()
  const url = `${simulator.url}/cgi-bin/stable_token`
  const query = new URLSearchParams({ grant_type: 'client_credential', ...SIMULATOR_APP })
  expect(await json(`${url}?${query}`)).toMatchObject({ errcode: 43002 })
  expect(await post(url, '')).toMatchObject({ errcode: 44002 })
  for (const body of [String(query), '{"appid"', '[]', 'null', '"text"']) {
    expect(await post(url, body)).toMatchObject({ errcode: 47001 })
  }
})

it.each(['/cgi-bin/stable_token', '/wxa/business/getuserphonenumber'])(
  'a chunked body gets 412 and an empty answer: %s',
  async path => {
    const { simulator } = await startWithClock()
    const body = JSON.stringify({ grant_type: 'client_credential', ...SIMULATOR_APP })
    const reply = await ask(simulator.url + path, {
      method: 'POST',
      body,
      headers: { 'Transfer-Encoding': 'chunked' },
    })
    expect([reply.status, reply.body.length]).toEqual([412, 0])
    expect(simulator.calls[0]).toMatchObject({ body })
  },
)
