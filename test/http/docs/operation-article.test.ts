import {
  articleHtml,
  blockHtml,
  errorListHtml,
  firstOf,
  placeHtml,
  type Shown,
  searchTextOf,
  shownOf,
} from '../../../src/http/docs/operation-article'
import { createOpenApi } from '../../../src/http/openapi/openapi'
import { ROUTES } from '../../../src/http/routes'

const { paths } = createOpenApi({ routes: ROUTES, version: '1' })
const shown = (path: string) => shownOf(path, paths[path] ?? {})
const first = (path: string) => shown(path)[0] as Shown

test('methods that do the same share an article, others have their own', () => {
  expect(
    shown('/checklogin').map(({ operations }) => operations.map(([method]) => method)),
  ).toEqual([['get', 'post']])
  expect(shown('/me').map(({ operations }) => operations.map(([method]) => method))).toEqual([
    ['get'],
    ['put'],
  ])
  expect(firstOf(first('/checklogin')).operationId).toBe('getChecklogin')
})

test('an article tells request, answer, errors and how to call, in one language', () => {
  const html = articleHtml(first('/login'), 'en')
  for (const part of [
    ...['id="postLogin"', 'Logs in with a code of wx.login', '<code>code</code>', 'required'],
    ...['Idempotency-Key', 'is_new_user', 'code_used', 'data-sample="SDK"', 'Possible errors (20)'],
  ]) {
    expect(html).toContain(part)
  }
  expect(html.replace(/data-search="[^"]*"/, '')).not.toMatch(/换取令牌|必填/)
  expect(articleHtml(first('/login'), 'zh')).toContain('换取令牌')
})

test('an article says who may call, and leads to each of its methods', () => {
  expect(articleHtml(first('/me'), 'en')).toContain('needs a token')
  expect(articleHtml(first('/internal/access-token'), 'en')).toContain('needs the internal token')
  expect(articleHtml(first('/livez'), 'en')).not.toContain('class="guard"')
  expect(articleHtml(first('/checklogin'), 'en')).toContain('id="postChecklogin"')
})

test('an answer of several shapes shows each, and one without a body says so', () => {
  expect(articleHtml(first('/isAuth'), 'en').match(/<p class="or">or<\/p>/g)).toHaveLength(2)
  expect(articleHtml(first('/verify'), 'en')).toContain('no body')
  expect(articleHtml(first('/verify'), 'en')).toContain('<code>X-User-Id</code>')
})

test('an article is found by method, path, words of both languages and names of errors', () => {
  const text = searchTextOf(first('/login'))
  for (const word of ['post', '/login', '登录', 'logs in', 'code_used'])
    expect(text).toContain(word)
})

test('a place breaks where a path does', () => {
  expect(placeHtml(first('/sessions/{id}'))).toContain('/<wbr>sessions/<wbr>{id}')
})

test('errors stand in the order of their status', () => {
  const html = errorListHtml(['internal', 'code_used'], 'en')
  expect(html.indexOf('code_used')).toBeLessThan(html.indexOf('internal'))
  expect(html).toContain('The login code was already used.')
})

test('a button that needs a script is hidden until one runs', () => {
  expect(blockHtml('x', 'Copy')).toContain(
    '<button type="button" class="copy" hidden>Copy</button>',
  )
})

test('a route of any method says so in a word', () => {
  expect(placeHtml(first('/verify'))).toContain('<span class="verb any">ANY</span>')
  expect(placeHtml(first('/checklogin'))).toMatch(/>GET<.*>POST</)
})
