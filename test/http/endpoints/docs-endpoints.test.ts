import { HOSTS, type Host, type Service, startService } from '../../support/service'

describe.each(HOSTS)('%s', (host: Host) => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ host })
  })
  afterAll(() => service.close())
  const get = (path: string) => service.http.get(`${service.prefix}${path}`)

  test('GET /openapi.json describes the routes at the path where they are', async () => {
    const { body } = await get('/openapi.json').expect(200).expect('Cache-Control', 'no-store')
    expect(body.openapi).toBe('3.1.1')
    expect(body.servers).toEqual([{ url: service.prefix || '/' }])
    expect(Object.keys(body.paths)).toContain('/internal/access-token')
  })

  test('GET /docs is a page that lets nothing in but its own style and script', async () => {
    const first = await get('/docs').expect(200).expect('Content-Type', 'text/html; charset=utf-8')
    const policy = String(first.headers['content-security-policy'])
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(policy) ?? []
    expect(policy).toMatch(/^default-src 'none'; style-src 'nonce-/)
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(first.text).toContain(`<script nonce="${nonce}"`)
    const second = await get('/docs')
    expect(second.headers['content-security-policy']).not.toBe(policy)
  })

  test('the page speaks the language that is asked for, else that of the browser', async () => {
    const language = async (path: string, header = '') => {
      const { text } = await get(path).set('Accept-Language', header).expect(200)
      return /<html lang="([\w-]+)">/.exec(text)?.[1]
    }
    expect(await language('/docs')).toBe('zh-CN')
    expect(await language('/docs', 'en-GB,en;q=0.9')).toBe('en')
    expect(await language('/docs', 'zh-CN,zh;q=0.9,en;q=0.8')).toBe('zh-CN')
    expect(await language('/docs?lang=en', 'zh-CN')).toBe('en')
    expect(await language('/docs?lang=zh', 'en')).toBe('zh-CN')
  })

  test('below /docs/ it finds the document, too', async () => {
    expect((await get('/docs').expect(200)).text).toContain('href="openapi.json"')
    expect((await get('/docs/').expect(200)).text).toContain('href="../openapi.json"')
  })
})

test('a library without the option has neither', async () => {
  const service = await startService({ docs: 'off' })
  try {
    await service.http.get('/docs').expect(404)
    await service.http.get('/openapi.json').expect(404)
  } finally {
    await service.close()
  }
})
