import { z } from 'zod'
import { fieldsHtml, fieldsOf } from '../../../src/http/docs/fields-list'
import { PAGE_WORDS } from '../../../src/http/docs/page-words'
import { jsonSchemaOf, told } from '../../../src/http/openapi/json-schema'

const schema = jsonSchemaOf(
  z.object({
    name: told(z.string(), { zh: '名字', en: 'The `name`.' }),
    kind: z.enum(['a', 'b']).optional(),
    data: z.object({ token: z.string().nullable() }),
    list: z.array(z.object({ at: z.iso.datetime() })),
    code: z.literal('200'),
  }),
)
const fields = fieldsOf(schema)

test('the fields of an object and of what is inside of it stand in one list', () => {
  expect(fields.map(({ name }) => name)).toEqual([
    ...['name', 'kind', 'data', 'data.token', 'list', 'list[].at', 'code'],
  ])
})

test('each has its type, whether it must be there, and words in the language of the page', () => {
  const words = PAGE_WORDS.en
  const html = fieldsHtml(fields, { language: 'en', words, showsNeed: true })
  expect(html).toContain(
    '<code>name</code> <span class="type">string</span> <span class="must">required</span></dt><dd>The <code>name</code>.</dd>',
  )
  expect(html).toContain('&#34;a&#34; | &#34;b&#34;</span> <span class="may">optional</span>')
  expect(html).toContain('<code>data.token</code> <span class="type">string | null</span>')
  expect(html).toContain('<code>list</code> <span class="type">object[]</span>')
  expect(html).toContain('<code>list[].at</code> <span class="type">ISO 8601</span>')
  expect(html).not.toContain('名字')
})

test('an answer says only which fields may be missing', () => {
  const html = fieldsHtml(fields, { language: 'zh', words: PAGE_WORDS.zh, showsNeed: false })
  expect(html).toContain('名字')
  expect(html).not.toContain('必填')
  expect(html.match(/可选/g)).toHaveLength(1)
})

test('a long list of values is a link to the errors', () => {
  const many = jsonSchemaOf(z.object({ reason: z.enum([...'abcdefghij']) }))
  const html = fieldsHtml(fieldsOf(many), { language: 'en', words: PAGE_WORDS.en, showsNeed: true })
  expect(html).toContain('<a href="#errors">name of an error</a>')
})
