import { ERRORS, type ErrorCode, LoginError } from '../../errors'
import type { Words } from '../openapi/json-schema'
import type { OpenApi } from '../openapi/openapi'
import { SAMPLE_BASE } from '../openapi/samples'
import { escapeHtml, jsonHtml, paragraphsHtml } from './html'
import {
  articleHtml,
  blockHtml,
  errorListHtml,
  firstOf,
  placeHtml,
  type Shown,
  searchTextOf,
  shownOf,
} from './operation-article'
import { PAGE_SCRIPT } from './page-script'
import { PAGE_STYLE } from './page-style'
import { type Language, PAGE_WORDS } from './page-words'

/** What differs from one answer to the next. */
export interface PageParts {
  /** The style and the script carry it. */
  nonce: string
  /** Where the page finds the OpenAPI document. */
  toOpenApi: string
}

/** Signs that no text of the page has. */
const NONCE = '{{nonce}}'
const TO_OPENAPI = '{{openapi}}'

/** The page of an OpenAPI document, in one language. It works without its script, too. */
export function renderPage(document: OpenApi, language: Language): (parts: PageParts) => string {
  const page = pageHtml(document, language)
  return ({ nonce, toOpenApi }) =>
    page.replaceAll(NONCE, nonce).replaceAll(TO_OPENAPI, escapeHtml(toOpenApi))
}

function pageHtml(document: OpenApi, language: Language): string {
  const words = PAGE_WORDS[language]
  const { title, version } = document.info
  return `<!doctype html>
<html lang="${words.htmlLanguage}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${words.title}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%23067a3f'/%3E%3Cpath d='M4.5 8.5l2.5 2.5 5-6' fill='none' stroke='white' stroke-width='2'/%3E%3C/svg%3E">
<style nonce="${NONCE}">${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
<header>
<a class="brand" href="#overview">${title} <small>${version}</small></a>
<div class="tools">
<a href="${TO_OPENAPI}">OpenAPI</a>
<a class="language" href="?lang=${words.other.language}" lang="${words.other.language}" hreflang="${words.other.language}">${words.other.name}</a>
<button type="button" class="theme" aria-label="${words.theme}" title="${words.theme}" hidden>◐</button>
</div>
</header>
<div class="layout">
${menuHtml(document, language)}
<main id="main" tabindex="-1">
${overviewHtml(document, language)}
${document.tags.map(tag => chapterHtml(document, tag, language)).join('\n')}
<section class="chapter all-errors"><h2 id="errors">${words.errors}</h2>${errorListHtml(everyError(document), language)}</section>
<p class="nothing" role="status" hidden>${words.nothing}</p>
</main>
</div>
<script nonce="${NONCE}" data-copied="${words.copied}" data-base="${SAMPLE_BASE}">${PAGE_SCRIPT}</script>
</body>
</html>
`
}

/** The articles of a chapter. */
function chapterOf({ paths }: OpenApi, tag: string): readonly Shown[] {
  return Object.entries(paths)
    .flatMap(([path, operations]) => shownOf(path, operations))
    .filter(shown => firstOf(shown).tags.includes(tag))
}

function menuHtml(document: OpenApi, language: Language): string {
  const words = PAGE_WORDS[language]
  const chapters = document.tags.map(tag => {
    const links = chapterOf(document, tag.name).map(
      shown =>
        `<li data-search="${escapeHtml(searchTextOf(shown))}"><a href="#${firstOf(shown).operationId}">${placeHtml(shown)}</a></li>`,
    )
    return `<li class="part"><span>${tag['x-name'][language]}</span><ul>${links.join('')}</ul></li>`
  })
  return `<nav aria-label="${words.menu}">
<input type="search" id="filter" placeholder="${words.filter}" aria-label="${words.filter}: ${words.filterHint}" title="${words.filterHint}" autocomplete="off" spellcheck="false" hidden><kbd hidden>/</kbd>
<details open><summary>${words.menu}</summary>
<ul><li><a href="#overview">${words.overview}</a></li>${chapters.join('')}<li><a href="#errors">${words.errors}</a></li></ul>
</details>
</nav>`
}

function overviewHtml({ info }: OpenApi, language: Language): string {
  const words = PAGE_WORDS[language]
  const text = (info['x-description'] as Words)[language]
  const failure = new LoginError('code_used', { wxErrcode: 40163 }).body('…')
  return `<section id="overview" class="overview">
<div class="words"><h1>${words.title}</h1>
${paragraphsHtml(text)}
</div>
<div class="code"><h4>${words.address}</h4>${blockHtml(`<span class="base">${SAMPLE_BASE}</span>`, words.copy)}
<h4>${words.failure}</h4>${blockHtml(jsonHtml(failure), words.copy)}</div>
</section>`
}

function chapterHtml(document: OpenApi, tag: OpenApi['tags'][number], language: Language): string {
  const articles = chapterOf(document, tag.name).map(shown => articleHtml(shown, language))
  return `<section class="chapter"><h2>${tag['x-name'][language]}</h2>
${articles.join('\n')}
</section>`
}

/** Those of our shape that the document names. */
function everyError({ components }: OpenApi): readonly ErrorCode[] {
  const named = Object.keys(components.examples ?? {})
  return (Object.keys(ERRORS) as ErrorCode[]).filter(code => named.includes(code))
}
