import supertest from 'supertest'
import { exchange, type RawAnswer, request } from '../http/raw-socket'
import { type BusinessServer, startBusinessServer } from './business-server'
import { type Nginx, startNginx } from './nginx'
import { INTERNAL_TOKEN, type Service, startService } from './service'

/** nginx with `examples/nginx` before a login service and a business server. */
export interface Gateway {
  readonly service: Service
  readonly business: BusinessServer
  readonly nginx: Nginx
  web(): ReturnType<typeof supertest>
  /** Sends headers as they are spelt, `from` an address of loopback. */
  raw(line: string, headers?: object, body?: string, from?: string): Promise<RawAnswer>
  /** The paths that reached the business server while this ran. */
  reaching(act: () => PromiseLike<unknown>): Promise<string[]>
  close(): Promise<void>
}

export async function startGateway(): Promise<Gateway> {
  const business = await startBusinessServer()
  const service = await startService({ trustProxy: 1 })
  const closeServers = async () => {
    await service.close()
    await business.close()
  }
  const ports = { loginPort: service.port, businessPort: business.port }
  const nginx = await startNginx({ ...ports, internalToken: INTERNAL_TOKEN }).catch(async error => {
    await closeServers()
    throw error
  })
  return {
    service,
    business,
    nginx,
    web: () => supertest(nginx.url),
    async raw(line, headers = {}, body = '', from = '127.0.0.1') {
      const sent = body === '' ? { ...headers } : { 'Content-Length': body.length, ...headers }
      const bytes = request(line, sent, body)
      const { answers } = await exchange(nginx.port, bytes, { from })
      return answers.at(-1) as RawAnswer
    },
    async reaching(act) {
      const before = business.received.length
      await act()
      return business.received.slice(before).map(({ url }) => url)
    },
    async close() {
      await closeServers()
      await nginx.stop()
    },
  }
}
