import { ask } from './ask'

/** Calls a control route, e.g. `POST /simulator/codes`. A string is sent as it is. */
export async function control(simulator: { url: string }, route: string, body?: unknown) {
  const [method = '', path = ''] = route.split(' ')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const reply = await ask(simulator.url + path, {
    method,
    ...(text !== undefined && { body: text }),
  })
  expect(reply.headers['content-type']).toMatch(/^application\/json/)
  return { status: reply.status, json: JSON.parse(reply.body.toString()) }
}
