import { createServer, type RequestListener } from 'node:http'
import supertest from 'supertest'
import { neverCached } from '../../src/http/never-cached'

const CACHING = {
  'Cache-Control': 'public, max-age=60',
  'CDN-Cache-Control': 'max-age=60',
  'Cloudflare-CDN-Cache-Control': 'max-age=60',
  'Surrogate-Control': 'max-age=60',
  'X-Accel-Expires': '60',
  ETag: '"kept"',
}

test.each<[string, RequestListener]>([
  ['that are set', (_req, res) => void res.setHeaders(new Map(Object.entries(CACHING))).end()],
  ['that are written', (_req, res) => void res.writeHead(200, CACHING).end()],
  ['that are written with a text', (_req, res) => void res.writeHead(200, 'Yes', CACHING).end()],
  [
    'that are flushed',
    (_req, res) => {
      res.setHeaders(new Map(Object.entries(CACHING)))
      res.flushHeaders()
      res.end()
    },
  ],
])('headers for caches %s later do not count', async (_, handle) => {
  const server = createServer((req, res) => {
    neverCached(res)
    handle(req, res)
  })
  const { headers } = await supertest(server).get('/').expect(200)
  expect(headers['cache-control']).toBe('no-store')
  expect(headers.etag).toBe('"kept"')
  expect(Object.keys(headers).filter(name => /cdn|surrogate|accel/.test(name))).toEqual([])
})

test('an answer that says nothing of caches is kept by none', async () => {
  const server = createServer((_req, res) => {
    neverCached(res)
    res.end()
  })
  const { headers } = await supertest(server).get('/')
  expect(headers['cache-control']).toBe('no-store')
})
