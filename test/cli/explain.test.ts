import { MEANINGS } from '../../src/wx/errcode'
import { runCommand } from '../support/command-line'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())
const explain = (...args: string[]) => runCommand(['explain', ...args], { cwd: folder.path })
const meanings = async (asked: string) => JSON.parse((await explain(asked, '--json')).out).meanings

test('an errcode is explained in both languages: meaning, whose fault, what to do', async () => {
  const { code, out, err } = await explain('40164')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('misconfigured  HTTP 500  action: contact_admin')
  for (const words of [
    '不在白名单',
    'list of allowed ones',
    'the operator',
    'IP 白名单 in the console',
  ]) {
    expect(out).toContain(words)
  }
})

test('-1 is an errcode and no option, and WeChat’s fault', async () => {
  expect(await meanings('-1')).toEqual([
    expect.objectContaining({ error: 'wechat_unavailable', status: 503, fault: 'wechat' }),
  ])
})

test('an errcode that means two things is explained twice', async () => {
  expect(await meanings('40001')).toEqual([
    expect.objectContaining({ at: null, error: 'misconfigured', fault: 'operator' }),
    expect.objectContaining({ at: 'access_token', error: 'wechat_unavailable', fault: 'wechat' }),
  ])
  expect(await meanings('40163')).toEqual([
    expect.objectContaining({ at: null, error: 'code_used' }),
    expect.objectContaining({ at: '/phone', error: 'phone_code_used', action: 'tap_again' }),
  ])
})

test('a request of ours that WeChat does not take is the fault of this service', async () => {
  expect(await meanings('43002')).toEqual([expect.objectContaining({ fault: 'service' })])
})

test('an error name is explained, and a misspelt one finds its neighbour', async () => {
  expect((await explain('session_key_stale')).out).toContain('HTTP 409  action: login')
  const misspelt = await explain('session_key_stal')
  expect(misspelt).toMatchObject({ code: 1, out: '' })
  expect(misspelt.err).toContain('is session_key_stale meant?')
})

test('an errcode that nobody knows is exit 1, a misspelt option 2', async () => {
  expect(await explain('99999')).toMatchObject({ code: 1, out: '' })
  expect(await explain('--jsn')).toMatchObject({ code: 2, out: '' })
})

test('every errcode of the service’s table says what it means in both languages', () => {
  const silent = Object.entries(MEANINGS).filter(([, { means }]) => !means?.zh || !means.en)
  expect(silent).toEqual([])
})
