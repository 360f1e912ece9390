import { createDocs } from '../../../src/http/docs/docs'
import type { Route } from '../../../src/http/route'
import { ROUTES } from '../../../src/http/routes'

/** Routes that notice when somebody first looks at them. */
function watched() {
  let looks = 0
  const routes = ROUTES.map(
    route =>
      new Proxy(route, {
        get(target, name) {
          if (name === 'words') looks++
          return Reflect.get(target, name)
        },
      }) as Route,
  )
  return { routes, looks: () => looks }
}

test('nothing is made before somebody asks, and then once', () => {
  const { routes, looks } = watched()
  const docs = createDocs({ routes, version: '1' })
  expect(looks()).toBe(0)
  docs.openApi('')
  const first = looks()
  expect(first).toBeGreaterThan(0)
  docs.openApi('/api')
  docs.page({ language: 'zh', nonce: 'a', toOpenApi: 'openapi.json' })
  docs.page({ language: 'en', nonce: 'b', toOpenApi: 'openapi.json' })
  expect(looks()).toBe(first)
})

test('the document names the path at which a host app has mounted the routes', () => {
  const docs = createDocs({ routes: ROUTES, version: '1' })
  expect(docs.openApi('').servers).toEqual([{ url: '/' }])
  expect(docs.openApi('/api/v1').servers).toEqual([{ url: '/api/v1' }])
})
