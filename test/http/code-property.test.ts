import fc from 'fast-check'
import { codePoint } from '../support/code-point'
import { seeded } from '../support/property'
import { type Service, startService } from '../support/service'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const VISIBLE = /^[\x21-\x7e]{1,512}$/
const isCode = (value: unknown) => typeof value === 'string' && VISIBLE.test(value)
const asked = () => service.simulator.calls.length

/** Long texts are rare in what fast-check makes, and the limit lies among them. */
const long = fc.integer({ min: 505, max: 520 }).map(length => 'x'.repeat(length))
const anything = fc.oneof(fc.jsonValue(), fc.string({ unit: codePoint }), fc.string(), long)

test('a code that is no 1 to 512 visible ASCII characters is refused before WeChat is asked', async () => {
  await fc.assert(
    fc.asyncProperty(
      anything.filter(value => !isCode(value)),
      async code => {
        const before = asked()
        const { status, body } = await service.http.post('/login').send({ code })
        expect([status, ['invalid_request', 'code_missing', 'invalid_json']]).toEqual([
          400,
          expect.arrayContaining([body.error]),
        ])
        expect(asked()).toBe(before)
      },
    ),
    seeded(120),
  )
})

test('a code of visible ASCII comes to WeChat as it is, in one parameter', async () => {
  const visible = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map(code => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 512,
  })
  const used = new Set<string>()
  await fc.assert(
    fc.asyncProperty(visible, async code => {
      if (used.has(code)) return
      used.add(code)
      const before = asked()
      const { body } = await service.http.post('/login').send({ code }).expect(400)
      expect(body.error).toBe('code_invalid')
      expect(asked()).toBe(before + 1)
      const given = service.simulator.calls.at(-1)?.query.filter(([name]) => name === 'js_code')
      expect(given).toEqual([['js_code', code]])
    }),
    seeded(60),
  )
})
