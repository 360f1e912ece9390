import type { OpenApi, OpenApiOptions } from '../openapi/openapi'
import type { PageParts } from './page'
import type { Language } from './page-words'

type Page = typeof import('./page')

export interface PageOptions extends PageParts {
  language: Language
}

/** The documents of the routes: loaded and made when somebody first asks, and only then. */
export interface Docs {
  /** @param prefix where a host app has mounted the routes; empty for none */
  openApi(prefix: string): OpenApi & { servers: readonly object[] }
  page(options: PageOptions): string
}

export function createDocs(options: OpenApiOptions): Docs {
  let made: OpenApi | undefined
  const pages = new Map<Language, ReturnType<Page['renderPage']>>()

  function document(): OpenApi {
    made ??= loadOpenApi().createOpenApi(options)
    return made
  }

  function pageIn(language: Language) {
    const known = pages.get(language) ?? loadPage().renderPage(document(), language)
    pages.set(language, known)
    return known
  }

  return {
    openApi: prefix => ({ ...document(), servers: [{ url: prefix || '/' }] }),
    page: ({ language, ...rest }) => pageIn(language)(rest),
  }
}

function loadOpenApi(): typeof import('../openapi/openapi') {
  return require('../openapi/openapi')
}

function loadPage(): Page {
  return require('./page')
}
