import {
  alternativesOf,
  isRequired,
  type JsonSchema,
  propertiesOf,
  type Words,
} from '../openapi/json-schema'
import { escapeHtml, inlineHtml } from './html'
import type { Language, PageWords } from './page-words'

/** A field as a reader sees it. */
export interface ShownField {
  /** `sessions[].id` for a field of a list's items. */
  readonly name: string
  readonly schema: JsonSchema
  readonly required: boolean
}

/** Longer lists of values are named and not shown. */
const MOST_VALUES = 8

/** The fields of an object, and those of objects inside of it. */
export function fieldsOf(schema: JsonSchema, prefix = ''): readonly ShownField[] {
  return propertiesOf(schema).flatMap(([name, field]) => {
    const own = { name: prefix + name, schema: field, required: isRequired(schema, name) }
    const inner = field.type === 'array' ? (field.items as JsonSchema) : field
    const mark = field.type === 'array' ? '[].' : '.'
    return [own, ...fieldsOf(inner, `${prefix}${name}${mark}`)]
  })
}

/** Fields as a list of definitions. `showsNeed`: whether each says if it must be there. */
export function fieldsHtml(
  fields: readonly ShownField[],
  { language, words, showsNeed }: { language: Language; words: PageWords; showsNeed: boolean },
): string {
  const rows = fields.map(({ name, schema, required }) => {
    const need = required ? words.required : words.optional
    const text = (schema['x-description'] as Words | undefined)?.[language]
    return [
      `<dt><code>${escapeHtml(name)}</code> <span class="type">${typeHtml(schema, words)}</span>`,
      showsNeed || !required ? ` <span class="${required ? 'must' : 'may'}">${need}</span>` : '',
      `</dt><dd>${text ? inlineHtml(text) : ''}</dd>`,
    ].join('')
  })
  return `<dl class="fields">${rows.join('')}</dl>`
}

function typeHtml(schema: JsonSchema, words: PageWords): string {
  if ('const' in schema) return escapeHtml(JSON.stringify(schema.const))
  if (Array.isArray(schema.enum)) {
    if (schema.enum.length > MOST_VALUES) return `<a href="#errors">${words.anErrorName}</a>`
    return schema.enum.map(value => escapeHtml(JSON.stringify(value))).join(' | ')
  }
  const alternatives = alternativesOf(schema)
  if (alternatives) return alternatives.map(each => typeHtml(each, words)).join(' | ')
  if (schema.type === 'array') return `${typeHtml((schema.items ?? {}) as JsonSchema, words)}[]`
  const types = [schema.type ?? []].flat().join(' | ')
  return schema.format === 'date-time' ? 'ISO 8601' : escapeHtml(types)
}
