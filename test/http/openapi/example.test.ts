import { z } from 'zod'
import { exampleOf } from '../../../src/http/openapi/example'
import { jsonSchemaOf, told } from '../../../src/http/openapi/json-schema'
import { ROUTES } from '../../../src/http/routes'

const exampleFor = (schema: z.ZodType) => exampleOf(jsonSchemaOf(schema))
const example = (value: unknown) => ({ zh: '一', en: 'one', example: value })

test('is the one that the field has, else one that its schema allows', () => {
  expect(exampleFor(told(z.string(), example('mine')))).toBe('mine')
  expect(exampleFor(z.literal('success!'))).toBe('success!')
  expect(exampleFor(z.enum(['b', 'a']))).toBe('b')
  expect(exampleFor(z.int().min(5))).toBe(5)
  expect(exampleFor(z.boolean())).toBe(true)
  expect(exampleFor(z.null())).toBeNull()
  expect(exampleFor(z.array(z.boolean()))).toEqual([true])
  expect(exampleFor(z.union([z.object({ a: z.literal(1) }), z.string()]))).toEqual({ a: 1 })
})

test('shows an optional field only where it has an example of its own', () => {
  const schema = z.object({
    must: z.boolean(),
    may: told(z.string().optional(), example('x')),
    rest: z.string().optional(),
  })
  expect(exampleFor(schema)).toEqual({ must: true, may: 'x' })
})

const BODIES = ROUTES.flatMap(({ path, request, answer }) => [
  ...(request.body ? [[`the request of ${path}`, request.body] as const] : []),
  ...(answer.body ? [[`the answer of ${path}`, answer.body] as const] : []),
])

test.each(BODIES)('%s: its example is one that its schema takes', (_name, schema) => {
  // Optional fields of WeChat's data come in pairs; an example without any would be none.
  expect(schema.safeParse(exampleFor(schema)).error).toBeUndefined()
})
