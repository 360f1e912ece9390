import { z } from 'zod'

/** A JSON Schema of draft 2020-12, which is what OpenAPI 3.1 takes. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** One text in both languages. */
export interface Words {
  readonly zh: string
  readonly en: string
}

/** What documents say of a field. */
export interface FieldWords extends Words {
  /** A value that the field may have. An optional field without one is left out of examples. */
  readonly example?: unknown
  /** Where a mini program has the value from, in JavaScript. */
  readonly inMiniProgram?: string
}

/** The schema with words for documents. It accepts what it accepted before. */
export function told<Schema extends z.ZodType>(schema: Schema, words: FieldWords): Schema {
  const { example, inMiniProgram } = words
  return schema.meta({
    ...bilingual(words),
    ...(example !== undefined && { examples: [example] }),
    ...(inMiniProgram !== undefined && { 'x-mini-program': inMiniProgram }),
  })
}

/** A description in both languages, Chinese first, and again apart for pages that show one. */
export function bilingual({ zh, en }: Words) {
  return { description: `${zh}\n\n${en}`, 'x-description': { zh, en } }
}

/**
 * A zod schema as a JSON Schema for documents. Objects stay open: a client must ignore a field that
 * it does not know, so none is told to refuse one.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...made } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => simplify(jsonSchema as Record<string, unknown>),
  })
  return made
}

/** Leaves out what zod adds and no reader can use. */
function simplify(schema: Record<string, unknown>): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  delete schema.propertyNames
}

/** The fields of an object's schema, in their order. */
export function propertiesOf(schema: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  return Object.entries((schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>)
}

/** Whether a field must be there. */
export function isRequired(schema: JsonSchema, name: string): boolean {
  return ((schema.required ?? []) as readonly string[]).includes(name)
}

/** The schemas of which a value fits one. */
export function alternativesOf(schema: JsonSchema): readonly JsonSchema[] | undefined {
  return (schema.oneOf ?? schema.anyOf) as readonly JsonSchema[] | undefined
}
