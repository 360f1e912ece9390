import type { Server, ServerResponse } from 'node:http'
import type { OpenApi } from '../../src/http/openapi/openapi'
import { createDocumentCheck, type Verdict } from './document-check'

/** Compares every answer of a server with a document, as it leaves. The list grows. */
export function checkAnswers(server: Server, document: OpenApi, prefix: string): Verdict[] {
  const verdicts: Verdict[] = []
  let check: ReturnType<typeof createDocumentCheck> | undefined
  server.prependListener('request', (req, res) => {
    // Express changes `req.url` while a mounted router works.
    const [path = ''] = String(req.url).split('?')
    if (!path.startsWith(prefix)) return
    whole(res, body => {
      check ??= createDocumentCheck(document)
      const verdict = check({
        method: String(req.method),
        path: path.slice(prefix.length),
        status: res.statusCode,
        headers: res.getHeaders(),
        body,
      })
      if (verdict) verdicts.push(verdict)
    })
  })
  return verdicts
}

/** Hears the body of an answer that was sent to its end. The service sends each in one piece. */
function whole(res: ServerResponse, done: (body: string) => void): void {
  const end = res.end
  res.end = ((...args: unknown[]) => {
    const [body] = args
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? String(body) : ''
    done(text)
    return Reflect.apply(end, res, args)
  }) as typeof end
}
