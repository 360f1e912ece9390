import { ERRORS, type ErrorCode } from '../../errors'
import { alternativesOf, type JsonSchema, type Words } from '../openapi/json-schema'
import type { Operation, Parameter } from '../openapi/operation'
import { SAMPLE_BASE } from '../openapi/samples'
import { fieldsHtml, fieldsOf, type ShownField } from './fields-list'
import { codeHtml, escapeHtml, inlineHtml, jsonHtml } from './html'
import { type Language, PAGE_WORDS } from './page-words'

/** What stands together on the page: a path, and the methods by which it does the same. */
export interface Shown {
  readonly path: string
  /** Method, in lower case, and operation. */
  readonly operations: readonly (readonly [string, Operation])[]
}

/** The operation whose name the article has, and whose samples it shows. */
export const firstOf = ({ operations }: Shown): Operation => operations[0]?.[1] as Operation

interface Answer {
  readonly 'x-description'?: Words
  readonly content?: Readonly<
    Record<
      string,
      {
        readonly schema: JsonSchema
        readonly example?: unknown
        readonly examples?: Readonly<Record<string, unknown>>
      }
    >
  >
  readonly headers: Readonly<Record<string, { readonly schema?: JsonSchema }>>
}

/** The articles of a path: methods that do the same share one. */
export function shownOf(path: string, operations: Readonly<Record<string, Operation>>): Shown[] {
  const same = new Map<string, [string, Operation][]>()
  for (const [method, operation] of Object.entries(operations)) {
    const { en } = operation['x-summary']
    same.set(en, [...(same.get(en) ?? []), [method, operation]])
  }
  return [...same.values()].map(group => ({ path, operations: group }))
}

export function articleHtml(shown: Shown, language: Language): string {
  const words = PAGE_WORDS[language]
  const operation = firstOf(shown)
  const others = shown.operations
    .slice(1)
    .map(([, { operationId: id }]) => `<span class="place" id="${id}"></span>`)
  const { operationId: id } = operation
  const guard = words.guard[guardOf(operation)]
  const description = operation['x-description']?.[language]
  return `<article id="${id}" data-search="${escapeHtml(searchTextOf(shown))}">
${others.join('')}<div class="words">
<h3>${placeHtml(shown)} <a class="anchor" href="#${id}" aria-label="${words.link}">#</a></h3>
<p class="summary">${inlineHtml(operation['x-summary'][language])}${guard ? ` <span class="guard">${guard}</span>` : ''}</p>
${description ? `<p>${inlineHtml(description)}</p>` : ''}
${requestHtml(shown, language)}
${answerHtml(operation, language)}
${errorsHtml(operation, language)}
</div>
${examplesHtml(operation, language)}
</article>`
}

/** `POST /login`, coloured. */
export function placeHtml({ path, operations }: Shown): string {
  const parts = escapeHtml(path).replaceAll('/', '/<wbr>')
  // More than two stand for each that there is, as on `/verify`.
  const shown = operations.length > 2 ? ['any'] : operations.map(([method]) => method)
  const verbs = shown.map(verb => `<span class="verb ${verb}">${verb.toUpperCase()}</span>`)
  return `<span class="verbs">${verbs.join(' ')}</span> <code>${parts}</code>`
}

/** Every word by which somebody may look for an article. */
export function searchTextOf(shown: Shown): string {
  const { 'x-summary': words } = firstOf(shown)
  const methods = shown.operations.map(([method]) => method)
  const parts = [...methods, shown.path, words.zh, words.en, ...errorsOf(firstOf(shown))]
  return parts.join(' ').toLowerCase()
}

function guardOf({ security }: Operation): 'none' | 'login' | 'internal' {
  const [first] = security
  if (!first || Object.keys(first).length === 0) return 'none'
  return 'token' in first ? 'login' : 'internal'
}

function answersOf({ responses }: Operation): readonly (readonly [string, Answer])[] {
  return Object.entries(responses as Readonly<Record<string, Answer>>)
}

const isSuccess = (status: string) => status.startsWith('2')

function errorsOf(operation: Operation): readonly ErrorCode[] {
  // `4XX` names what any route may answer: the page says it once, at its beginning.
  const failures = answersOf(operation).filter(([status]) => !isSuccess(status) && status !== '4XX')
  return failures.flatMap(([, { content }]) =>
    Object.keys(content?.['application/json']?.examples ?? {}),
  ) as ErrorCode[]
}

function requestHtml({ operations }: Shown, language: Language): string {
  const words = PAGE_WORDS[language]
  const all = operations.map(([, operation]) => operation)
  // What the query of one method needs may stand in the body of the other.
  const { parameters, requestBody } = (all.find(each => each.requestBody) ?? all[0]) as Operation
  const { content } = (requestBody ?? {}) as Partial<Answer>
  const body = content?.['application/json']?.schema
  const groups: (readonly [keyof typeof words.place, readonly ShownField[]])[] = [
    ...(['path', 'query', 'header'] as const).map(
      place => [place, parameters.filter(each => each.in === place).map(fieldOf)] as const,
    ),
    ['body', body ? fieldsOf(body) : []],
  ]
  return groups
    .filter(([, fields]) => fields.length > 0)
    .map(([place, fields]) => {
      const shown = fieldsHtml(fields, { language, words, showsNeed: true })
      return `<h4>${words.place[place]}</h4>${shown}`
    })
    .join('\n')
}

function fieldOf({ name, required, schema }: Parameter): ShownField {
  return { name, required, schema }
}

function answerHtml(operation: Operation, language: Language): string {
  const words = PAGE_WORDS[language]
  const [status, answer] = answersOf(operation).find(([each]) => isSuccess(each)) ?? ['200']
  const content = Object.entries(answer?.content ?? {})
  const type = content[0]?.[0] ?? words.noBody
  const text = answer?.['x-description']?.[language]
  const isSummary = text === operation['x-summary'][language]
  const schema = content[0]?.[1].schema
  const shapes = schema ? (alternativesOf(schema) ?? [schema]) : []
  const lists = shapes.map(shape =>
    fieldsHtml(fieldsOf(shape), { language, words, showsNeed: false }),
  )
  const own = Object.entries(answer?.headers ?? {}).flatMap(([name, header]) =>
    header.schema ? [{ name, required: true, schema: header.schema }] : [],
  )
  return [
    `<h4>${words.answer} <span class="status">${status}</span> <span class="type">${type}</span></h4>`,
    text && !isSummary ? `<p>${inlineHtml(text)}</p>` : '',
    lists.join(`<p class="or">${words.or}</p>`),
    own.length > 0
      ? `<h4>${words.headers}</h4>${fieldsHtml(own, { language, words, showsNeed: false })}`
      : '',
  ].join('\n')
}

function errorsHtml(operation: Operation, language: Language): string {
  const errors = errorsOf(operation)
  const title = PAGE_WORDS[language].mayFail(errors.length)
  return `<details class="errors"><summary>${title}</summary>${errorListHtml(errors, language)}</details>`
}

/** Errors with their status, what to do next, and what they mean. */
export function errorListHtml(errors: readonly ErrorCode[], language: Language): string {
  const rows = [...errors]
    .sort((one, other) => ERRORS[one].status - ERRORS[other].status)
    .map(code => {
      const { status, action, [language]: text } = ERRORS[code]
      return `<dt><span class="status failed">${status}</span> <code>${code}</code> <span class="type">${action}</span></dt><dd>${escapeHtml(text)}</dd>`
    })
  return `<dl class="fields">${rows.join('')}</dl>`
}

function examplesHtml(operation: Operation, language: Language): string {
  const words = PAGE_WORDS[language]
  const samples = operation['x-codeSamples']
  const tabs = samples.map(
    ({ lang }) => `<button type="button" data-tab="${lang}">${lang}</button>`,
  )
  const blocks = samples.map(
    ({ lang, source }) =>
      `<div data-sample="${lang}"><h5>${lang}</h5>${blockHtml(codeHtml(source, SAMPLE_BASE), words.copy)}</div>`,
  )
  const answers = answersOf(operation).filter(([status]) => isSuccess(status))
  const examples = answers.flatMap(([status, { content }]) => {
    const example = content?.['application/json']?.example
    const title = `${words.answer} ${status}`
    return example === undefined
      ? []
      : [`<h4>${title}</h4>${blockHtml(jsonHtml(example), words.copy)}`]
  })
  return `<div class="code">
<h4>${words.sample}</h4><div class="tabs" role="group" aria-label="${words.sample}">${tabs.join('')}</div>
${blocks.join('\n')}
${examples.join('\n')}
</div>`
}

/** A block of code with its button. The button is for scripts: the page shows it when it works. */
export function blockHtml(html: string, copy: string): string {
  return `<div class="block"><pre tabindex="0"><code>${html}</code></pre><button type="button" class="copy" hidden>${copy}</button></div>`
}
