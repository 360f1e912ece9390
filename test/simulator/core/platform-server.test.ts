import { ANSWER_FAULTS } from '../../../src/simulator/core/answer-faults'
import { jsonBody, parameter } from '../../../src/simulator/core/call'
import { FOREIGN_FAULTS } from '../../../src/simulator/core/foreign-faults'
import { changing } from '../../../src/simulator/core/named-faults'
import type { Platform } from '../../../src/simulator/core/platform'
import {
  createPlatformServer,
  type PlatformServer,
} from '../../../src/simulator/core/platform-server'
import { ask } from '../ask'
import { control } from '../control'

const FAULTS = {
  ...ANSWER_FAULTS,
  ...FOREIGN_FAULTS,
  cold: changing(answer => ({ ...answer, body: 'cold coffee' })),
}
type Name = keyof typeof FAULTS

/** Another platform than WeChat: it sells a coffee for a voucher, and refuses in its own words. */
function coffeeShop(vouchers: Set<string>): Platform<Name> {
  const answer = (status: number, fields: object) => ({
    status,
    headers: {},
    body: JSON.stringify(fields),
  })
  const refuse: Platform<Name>['refuse'] = (_call, errcode) => ({
    ...answer(400, { sub_code: errcode }),
    errcode: Number(errcode),
  })
  const coffee = {
    answer: (call: Parameters<typeof refuse>[0]) =>
      vouchers.delete(parameter(call, 'voucher')) ? answer(200, { cup: 1 }) : refuse(call, 7),
    codeOf: (call: Parameters<typeof refuse>[0]) => parameter(call, 'voucher'),
    burn: (call: Parameters<typeof refuse>[0]) => {
      vouchers.delete(parameter(call, 'voucher'))
    },
  }
  return {
    endpointAt: path => (path === '/coffee' ? coffee : undefined),
    faults: FAULTS,
    refuse,
    beforeTheCode: new Set([1]),
    faultOfCode: code => (code === 'please-cold' ? { transport: 'cold' } : undefined),
    secretFields: ['pin'],
    controlRoutes: { 'POST /simulator/vouchers': ({ name }) => void vouchers.add(String(name)) },
    forget: () => vouchers.clear(),
  }
}

const servers: PlatformServer<Name>[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

async function open(...vouchers: string[]) {
  const server = createPlatformServer(coffeeShop(new Set(vouchers)), {
    now: () => 1_700_000_000_000,
  })
  servers.push(server)
  const url = await server.listen()
  const buy = async (voucher: string) => {
    const { status, body } = await ask(`${url}/coffee?voucher=${voucher}`)
    return [status, body.toString()]
  }
  return { server, url, buy }
}

it('a platform that is not WeChat answers in its own words', async () => {
  const { server, buy } = await open('a')
  expect(await buy('a')).toEqual([200, '{"cup":1}'])
  expect(await buy('a')).toEqual([400, '{"sub_code":7}'])
  expect(server.calls.map(({ errcode }) => errcode)).toEqual([undefined, 7])
  expect(server.counts).toEqual({ '/coffee': 2 })
})

it('an errcode fault spends the code, unless the platform answers it before the code', async () => {
  const { server, buy } = await open('a', 'b')
  server.fail({ errcode: 1 })
  server.fail({ errcode: 2 })
  expect(await buy('a')).toEqual([400, '{"sub_code":1}'])
  expect(await buy('b')).toEqual([400, '{"sub_code":2}'])
  expect(await buy('a')).toEqual([200, '{"cup":1}'])
  expect(await buy('b')).toEqual([400, '{"sub_code":7}'])
})

it('the platform’s own faults, those of core, and those that a code names strike', async () => {
  const { server, buy } = await open('a', 'b', 'please-cold')
  server.fail({ transport: 'cold' })
  server.fail({ transport: 'html502' })
  expect(await buy('a')).toEqual([200, 'cold coffee'])
  expect((await buy('b'))[0]).toBe(502)
  expect(await buy('please-cold')).toEqual([200, 'cold coffee'])
  expect(server.calls.map(({ fault }) => fault)).toEqual([
    { transport: 'cold' },
    { transport: 'html502' },
    { transport: 'cold' },
  ])
  expect(() => server.fail({ transport: 'warm' as never })).toThrow(TypeError)
})

it('the control routes are the platform’s and those of core; both are listed', async () => {
  const { server, buy } = await open()
  expect((await control(server, 'POST /simulator/vouchers', { name: 'c' })).json).toEqual({
    ok: true,
  })
  expect(await buy('c')).toEqual([200, '{"cup":1}'])
  const { json } = await control(server, 'GET /simulator/nothing')
  expect(json.error).toBe(
    'no such route; there are: POST /simulator/vouchers, GET /simulator/calls, ' +
      'GET /simulator/counts, POST /simulator/faults, POST /simulator/reset',
  )
})

it('what the platform calls secret is not shown', async () => {
  const { server, url } = await open()
  await ask(`${url}/coffee?PIN=1234&voucher=x`, { method: 'POST', body: '{"pin":"5678"}' })
  const { json } = await control(server, 'GET /simulator/calls')
  expect(JSON.stringify(json)).not.toMatch(/1234|5678/)
  expect(json.calls[0].query).toContainEqual(['voucher', 'x'])
  expect(jsonBody(server.calls[0] ?? json)).toEqual({ pin: '5678' })
})

it('reset forgets calls, counts, faults, and what the platform wants to forget', async () => {
  const { server, buy } = await open('a')
  server.fail({ transport: 'html502' }, { times: 9 })
  await buy('a')
  server.reset()
  expect([server.calls, server.counts]).toEqual([[], {}])
  expect(await buy('a')).toEqual([400, '{"sub_code":7}'])
})
