import { ERRORS } from '../../../src/errors'
import { renderPage } from '../../../src/http/docs/page'
import { createOpenApi } from '../../../src/http/openapi/openapi'
import { ROUTES, routesOf } from '../../../src/http/routes'

const document = createOpenApi({ routes: ROUTES, version: '1.2.3' })
const parts = { nonce: 'nonce-of-one-answer', toOpenApi: 'openapi.json' }
const [zh, en] = [renderPage(document, 'zh')(parts), renderPage(document, 'en')(parts)]

test.each([
  ['Chinese', zh],
  ['English', en],
])('the page in %s has every operation and every error', (_name, html) => {
  for (const operations of Object.values(document.paths)) {
    for (const { operationId } of Object.values(operations)) {
      expect(html).toContain(`id="${operationId}"`)
    }
  }
  const answered = Object.keys(ERRORS).filter(code => code in (document.components.examples ?? {}))
  expect(answered.length).toBeGreaterThan(25)
  for (const code of answered) expect(html).toContain(`<code>${code}</code>`)
})

test('no id stands twice, and every link on the page leads somewhere on it', () => {
  const ids = [...en.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
  const targets = [...en.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id)
  expect(targets.filter(target => !ids.includes(target))).toEqual([])
})

test('it loads nothing: no address stands where a browser would ask for it', () => {
  const asked = /<(?:img|link|script|iframe|source)[^>]*(?:src|href)="(?!data:)|@import|url\(/
  expect(zh).not.toMatch(asked)
})

test('style and script carry the nonce of the answer, and nothing on the page is inline', () => {
  expect(zh.match(/nonce="nonce-of-one-answer"/g)).toHaveLength(2)
  expect(zh).not.toMatch(/ (?:style|on\w+)="/)
  expect(renderPage(document, 'zh')({ ...parts, nonce: 'other' })).toContain('nonce="other"')
})

test('it names its language and links to the other one and to the document', () => {
  expect(zh).toContain('<html lang="zh-CN">')
  expect(zh).toContain('href="?lang=en"')
  expect(en).toContain('href="?lang=zh"')
  expect(en).toContain('href="openapi.json"')
  expect(en).toContain('1.2.3')
})

test('a chapter without routes is not there', () => {
  const small = createOpenApi({
    routes: routesOf({
      internalToken: undefined,
      hasPublicKeys: true,
      isDevelopment: false,
      docs: 'on',
    }),
    version: '1',
  })
  expect(renderPage(small, 'en')(parts)).not.toContain('<h2>Internal</h2>')
  expect(en).toContain('<h2>Internal</h2>')
})

test('it stays small: 24 KB on its way, 48 operations', async () => {
  const { gzipSync } = await import('node:zlib')
  expect(gzipSync(zh).length).toBeLessThan(24_000)
})
