import {
  codeHtml,
  escapeHtml,
  inlineHtml,
  jsonHtml,
  paragraphsHtml,
} from '../../../src/http/docs/html'

const plain = (html: string) =>
  html.replace(/<[^>]*>/g, '').replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(code))

test('a text can neither open a tag nor leave an attribute', () => {
  expect(escapeHtml(`<b a="x" b='y'>&`)).toBe('&#60;b a=&#34;x&#34; b=&#39;y&#39;&#62;&#38;')
})

test('the little Markdown of words becomes HTML, and nothing else does', () => {
  expect(inlineHtml('a `<b>` and **c**')).toBe('a <code>&#60;b&#62;</code> and <strong>c</strong>')
  expect(paragraphsHtml('one\n\n- a\n- `b`')).toBe(
    '<p>one</p>\n<ul><li>a</li><li><code>b</code></li></ul>',
  )
})

test('JSON stays what it was under its colours', () => {
  const value = { key: 'a "quoted" <text>', n: -1.5, yes: true, none: null, list: ['x'] }
  const html = jsonHtml(value)
  expect(JSON.parse(plain(html))).toEqual(value)
  expect(html).toContain('<i class="key">&#34;key&#34;</i>')
  expect(html).toContain('<i class="atom">-1.5</i>')
})

test('code stays what it was, and the address in it is marked', () => {
  const source = `curl -s 'https://a.example/x?a=1&b=2' \\\n  -d '{"a":"<b>"}'`
  const html = codeHtml(source, 'https://a.example')
  expect(plain(html)).toBe(source)
  expect(html).toContain('<span class="base">https://a.example</span>/x')
})
