import { z } from 'zod'
import {
  bilingual,
  isRequired,
  jsonSchemaOf,
  propertiesOf,
  told,
} from '../../../src/http/openapi/json-schema'

test('words and an example stand beside what the schema says, and change nothing of it', () => {
  const field = told(z.string().min(2), { zh: '名字', en: 'A name.', example: 'bo' })
  expect(field.safeParse('x').success).toBe(false)
  expect(jsonSchemaOf(field)).toEqual({
    type: 'string',
    minLength: 2,
    ...bilingual({ zh: '名字', en: 'A name.' }),
    examples: ['bo'],
  })
})

test('a description holds both languages, and each of them alone', () => {
  expect(bilingual({ zh: '一', en: 'one' })).toEqual({
    description: '一\n\none',
    'x-description': { zh: '一', en: 'one' },
  })
})

test('words survive where a field may be left out or be null', () => {
  const object = z.object({ a: told(z.string().nullish(), { zh: '一', en: 'one', example: 'x' }) })
  const [[name, field] = ['', {}]] = propertiesOf(jsonSchemaOf(object))
  expect([name, field.examples, field.description]).toEqual(['a', ['x'], '一\n\none'])
  expect(isRequired(jsonSchemaOf(object), 'a')).toBe(false)
})

test('an object stays open: a client must ignore a field that it does not know', () => {
  expect(jsonSchemaOf(z.strictObject({ inner: z.strictObject({ n: z.int() }) }))).toEqual({
    type: 'object',
    properties: {
      inner: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
    },
    required: ['inner'],
  })
})

test('what zod adds and no reader can use is left out, and what we said of numbers stays', () => {
  expect(jsonSchemaOf(z.int())).toEqual({ type: 'integer' })
  expect(jsonSchemaOf(z.int().min(0).max(9))).toEqual({ type: 'integer', minimum: 0, maximum: 9 })
  expect(jsonSchemaOf(z.record(z.string(), z.unknown()))).toEqual({
    type: 'object',
    additionalProperties: {},
  })
})
