import { randomBytes } from 'node:crypto'
import type { Request } from 'express'
import { z } from 'zod'
import { sendJson, sendPage } from '../answer'
import type { Language } from '../docs/page-words'
import type { Endpoint } from '../endpoint'
import { told } from '../openapi/json-schema'
import { queryValue } from '../read-request'

/** The rest is a matter of OpenAPI's own schema. */
const openApiAnswer = z.looseObject({ openapi: z.literal('3.1.1') })

export const openApiEndpoint: Endpoint = {
  topic: 'docs',
  words: {
    summary: {
      zh: '本配置的全部接口，OpenAPI 3.1',
      en: 'OpenAPI 3.1 of every route that this configuration has.',
    },
    answer: {
      zh: '`DOCS=off` 时没有这个接口',
      en: 'there is no such route with `DOCS=off`',
    },
  },
  request: {},
  answer: { status: 200, body: openApiAnswer },
  errors: [],
  handle(req, res, { docs }) {
    sendJson(req, res, 200, docs.openApi(req.baseUrl))
  },
}

export const docsPageEndpoint: Endpoint = {
  topic: 'docs',
  words: {
    summary: { zh: '接口文档，离线可读', en: 'The page that shows the routes; works offline.' },
    request: {
      zh: '`?lang=zh` 或 `?lang=en`；否则按浏览器的语言',
      en: '`?lang=zh` or `?lang=en`; else the language of the browser',
    },
    answer: { zh: '一个网页；`DOCS=off` 时没有', en: 'a page; not there with `DOCS=off`' },
  },
  request: {
    query: z.object({
      lang: told(z.enum(['zh', 'en']).optional(), {
        zh: '语言；默认按浏览器的',
        en: 'The language. By default that of the browser.',
      }),
    }),
  },
  answer: { status: 200, mediaType: 'text/html' },
  errors: ['invalid_request'],
  handle(req, res, { docs }) {
    const nonce = randomBytes(16).toString('base64')
    // Express serves `/docs/` here as well, from where a relative link leads elsewhere.
    const toOpenApi = req.path.endsWith('/') ? '../openapi.json' : 'openapi.json'
    const html = docs.page({ language: languageOf(req), nonce, toOpenApi })
    sendPage(req, res, html, { ...headersOf(nonce), Vary: 'Accept-Language' })
  },
}

/** Nothing runs, looks or loads on the page but its own style and script. */
function headersOf(nonce: string) {
  return {
    'Content-Security-Policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'Referrer-Policy': 'no-referrer',
  }
}

/** Chinese, unless English is asked for or comes first in what the browser asks for. */
function languageOf(req: Request): Language {
  const asked = queryValue(req, 'lang')
  if (asked === 'zh' || asked === 'en') return asked
  return /^\s*en\b/i.test(req.headers['accept-language'] ?? '') ? 'en' : 'zh'
}
