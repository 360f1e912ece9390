import { createOpenApi, type OpenApi, type OpenApiOptions } from '../openapi/openapi'
import { type PageParts, renderPage } from './page'
import type { Language } from './page-words'

export interface PageOptions extends PageParts {
  language: Language
}

/** The documents of the routes: made when somebody first asks, and only then. */
export interface Docs {
  /** @param prefix where a host app has mounted the routes; empty for none */
  openApi(prefix: string): OpenApi & { servers: readonly object[] }
  page(options: PageOptions): string
}

export function createDocs(options: OpenApiOptions): Docs {
  let made: OpenApi | undefined
  const pages = new Map<Language, ReturnType<typeof renderPage>>()

  function document(): OpenApi {
    made ??= createOpenApi(options)
    return made
  }

  function pageIn(language: Language) {
    const known = pages.get(language) ?? renderPage(document(), language)
    pages.set(language, known)
    return known
  }

  return {
    openApi: prefix => ({ ...document(), servers: [{ url: prefix || '/' }] }),
    page: ({ language, ...rest }) => pageIn(language)(rest),
  }
}
