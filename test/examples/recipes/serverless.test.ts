import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { createSimulator } from '../../../src/simulator/index'
import { STRETCHED } from '../../support/patience'
import { exampleEnvironment } from '../../support/recipe'
import { compileExample } from '../../support/run-example'
import { NODE_ARGUMENTS } from '../../support/server-process'
import { temporaryFolder } from '../../support/temporary'

interface Answer {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** As API Gateway (payload 1.0) and the Chinese clouds' gateways in its manner call a function. */
const event = (httpMethod: string, path: string, body?: object, headers: object = {}) => ({
  ...{ httpMethod, path, isBase64Encoded: false, requestContext: {} },
  headers: { 'content-type': 'application/json', ...headers },
  body: body === undefined ? null : JSON.stringify(body),
})

test('examples/recipes/serverless logs in, knows its user, and refuses, as a function', async () => {
  const folder = temporaryFolder()
  const simulator = createSimulator()
  await simulator.listen()
  const handler = compileExample('examples/recipes/serverless/handler.mts')
  const runtime = `${folder.path}/runtime.mjs`
  writeFileSync(
    runtime,
    `const { handler } = await import(${JSON.stringify(handler)})
     const login = await handler(${JSON.stringify(event('POST', '/api/login', { code: simulator.mintCode() }))}, {})
     const { token } = JSON.parse(login.body)
     const orders = ${JSON.stringify(event('GET', '/orders'))}
     const guarded = await handler({ ...orders, headers: { authorization: 'Bearer ' + token } }, {})
     const refused = await handler(orders, {})
     process.stdout.write(JSON.stringify({ login, guarded, refused }), () => process.exit())`,
  )
  try {
    const env = { ...exampleEnvironment(simulator), PATH: process.env.PATH }
    const database = `sqlite:${folder.path}/login.db`
    const { stdout } = await promisify(execFile)(process.execPath, [...NODE_ARGUMENTS, runtime], {
      env: { ...env, DATABASE_URL: database, TEST_PATIENCE: JSON.stringify(STRETCHED) },
    })
    const { login, guarded, refused } = JSON.parse(stdout) as Record<string, Answer>
    expect(JSON.parse(String(login?.body))).toMatchObject({ message: 'success!' })
    expect(JSON.parse(String(guarded?.body))).toEqual({ of: expect.any(String) })
    expect(refused?.statusCode).toBe(401)
    expect(refused?.headers['www-authenticate']).toBe('Bearer')
    expect(JSON.parse(String(refused?.body)).error).toBe('token_missing')
  } finally {
    await simulator.close()
    rmSync(handler)
    folder.remove()
  }
})
