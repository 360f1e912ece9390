import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createOpenApi } from '../../src/http/openapi/openapi'
import { SAMPLE_BASE } from '../../src/http/openapi/samples'
import { ROUTES } from '../../src/http/routes'
import { INTERNAL_TOKEN, type Service } from './service'

/** The OpenAPI document of every route. */
export const DOCUMENT = createOpenApi({ routes: ROUTES, version: '1' })

/** Every sample of one kind, with the operation that it calls. */
export function samplesOf(lang: 'curl' | 'wx.request' | 'SDK') {
  return Object.values(DOCUMENT.paths).flatMap(operations =>
    Object.values(operations).flatMap(operation =>
      operation['x-codeSamples']
        .filter(sample => sample.lang === lang)
        .map(({ source }) => ({ id: operation.operationId, source })),
    ),
  )
}

/** Samples name codes of the simulator. Each becomes a fresh one, as wx.login gives them. */
export function withFreshCodes(source: string, { simulator }: Service): string {
  return source
    .replaceAll('sim-alice-1', () => simulator.mintCode({ user: 'alice' }))
    .replaceAll('simphone-alice-1', () => simulator.mintPhoneCode({ user: 'alice' }))
}

/** Runs a sample of curl by a shell, and gives the status of the answer. */
export async function callByCurl(source: string, service: Service): Promise<string> {
  const { token } = await service.logIn()
  const command = withFreshCodes(source, service)
    .replace(SAMPLE_BASE, `http://127.0.0.1:${service.port}`)
    .replace('curl -s', "curl -s -o /dev/null -w '%{http_code}'")
  const env = { ...process.env, TOKEN: token, INTERNAL_TOKEN, NO_PROXY: '*' }
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { env })
  return stdout
}
