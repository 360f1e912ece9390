import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ERRORS } from '../../../src/errors'
import { createOpenApi } from '../../../src/http/openapi/openapi'
import { openApiPath, operationMethods } from '../../../src/http/openapi/openapi-path'
import { errorsOf } from '../../../src/http/route'
import { ROUTES, routesOf } from '../../../src/http/routes'
import { createDocumentCheck } from '../../support/document-check'
import { temporaryFolder } from '../../support/temporary'
import { BARE } from './bare-route'

const document = createOpenApi({ routes: ROUTES, version: '1.2.3' })
const folder = temporaryFolder()
afterAll(() => folder.remove())

/** What Redocly's linter says of a document. Nothing is sent anywhere. */
async function lint(given: object): Promise<{ ok: boolean; told: string }> {
  const file = join(folder.path, 'openapi.json')
  writeFileSync(file, JSON.stringify({ ...given, servers: [{ url: '/' }] }))
  const cli = join(dirname(require.resolve('@redocly/cli/package.json')), 'bin/cli.js')
  const env = {
    ...process.env,
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  }
  const args = [cli, 'lint', file, '--extends=recommended-strict', '--format=stylish']
  return promisify(execFile)(process.execPath, args, { env, cwd: folder.path }).then(
    ({ stdout, stderr }) => ({ ok: true, told: stdout + stderr }),
    ({ stdout, stderr }) => ({ ok: false, told: stdout + stderr }),
  )
}

test('the document of every route is valid, and Redocly’s strict rules find no fault in it', async () => {
  expect(await lint(document)).toMatchObject({ ok: true })
})

test('so is that of a small configuration, and of routes as another row might write them', async () => {
  const small = routesOf({
    internalToken: undefined,
    hasPublicKeys: false,
    isDevelopment: false,
    docs: 'off',
  })
  expect(await lint(createOpenApi({ routes: small, version: '1' }))).toMatchObject({ ok: true })
  const other = [
    { ...BARE, path: '/any', methods: ['*'] as const, below: true as const },
    { ...BARE, path: '/form', methods: ['POST'] as const, body: 'form' as const },
    { ...BARE, path: '/internal/users/:id/export', guard: 'internal' as const },
    { ...BARE, path: '/metrics', answer: { status: 200, mediaType: 'text/plain' } as const },
  ]
  const told = await lint(createOpenApi({ routes: other, version: '1' }))
  expect(told).toMatchObject({ ok: true })
})

test('the linter would find a fault', async () => {
  const paths = { ...document.paths, '/broken': { get: { responses: {} } } }
  expect(await lint({ ...document, paths })).toMatchObject({ ok: false })
})

test('it has every method of every route, and nothing else', () => {
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
  )
  const real = ROUTES.flatMap(({ path, methods, below }) =>
    [path, ...(below ? [`${path}/*`] : [])].flatMap(each =>
      operationMethods(methods).map(method => `${method.toUpperCase()} ${openApiPath(each).path}`),
    ),
  )
  expect(described.sort()).toEqual(real.sort())
})

test('it has every error of every route under its status, with an example of it', () => {
  for (const route of ROUTES) {
    const operations = Object.values(document.paths[openApiPath(route.path).path] ?? {})
    const operation = operations.find(each => each['x-summary'] === route.words.summary)
    for (const code of errorsOf(route)) {
      const response = operation?.responses[ERRORS[code].status]
      const name = route.failure === 'auth' ? `auth_${code}` : code
      expect(response).toMatchObject({
        content: {
          'application/json': { examples: { [code]: { $ref: `#/components/examples/${name}` } } },
        },
      })
      expect(document.components.examples).toHaveProperty(name)
    }
  }
})

test('operations have names of their own', () => {
  const names = Object.values(document.paths).flatMap(operations =>
    Object.values(operations).map(({ operationId }) => operationId),
  )
  expect(new Set(names).size).toBe(names.length)
})

test('it begins with the login, and tells the version', () => {
  expect(Object.keys(document.paths)[0]).toBe('/login')
  expect(document.info.version).toBe('1.2.3')
})

test('its examples of answers are answers that it allows', () => {
  const check = createDocumentCheck(document)
  const common = { 'x-request-id': 'x', 'cache-control': 'no-store' }
  let checked = 0
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      const contents = Object.entries(responses) as [
        string,
        { content?: Record<string, { example?: object }> },
      ][]
      for (const [status, { content }] of contents) {
        const example = content?.['application/json']?.example
        if (example === undefined) continue
        const verdict = check({
          ...{ method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, 'x') },
          ...{ status: Number(status), body: JSON.stringify(example) },
          headers: { ...common, 'content-type': 'application/json' },
        })
        expect(verdict).not.toHaveProperty('problem')
        checked++
      }
    }
  }
  expect(checked).toBeGreaterThan(18)
})

test('nothing of a configuration without internal routes tells that there could be any', () => {
  const small = createOpenApi({
    routes: routesOf({
      internalToken: undefined,
      hasPublicKeys: true,
      isDevelopment: false,
      docs: 'on',
    }),
    version: '1',
  })
  expect(Object.keys(small.paths).filter(path => path.startsWith('/internal'))).toEqual([])
  expect(small.components.securitySchemes).not.toHaveProperty('internalToken')
})
