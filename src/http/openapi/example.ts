import { alternativesOf, isRequired, type JsonSchema, propertiesOf } from './json-schema'

/**
 * A value that fits a schema, made of the examples that its fields have. An optional field without
 * an example of its own is left out.
 */
export function exampleOf(schema: JsonSchema): unknown {
  const [given] = (schema.examples ?? []) as readonly unknown[]
  if (given !== undefined) return given
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  const [alternative] = alternativesOf(schema) ?? []
  if (alternative && schema.type === undefined) return exampleOf(alternative)
  return exampleOfType(schema)
}

function exampleOfType(schema: JsonSchema): unknown {
  switch (schema.type) {
    case 'object':
      return exampleOfObject(schema)
    case 'array':
      return [exampleOf((schema.items ?? {}) as JsonSchema)]
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return schema.format === 'date-time' ? '2026-01-31T08:00:00.000Z' : '…'
  }
}

function exampleOfObject(schema: JsonSchema): Record<string, unknown> {
  const shown = propertiesOf(schema).filter(
    ([name, field]) => isRequired(schema, name) || field.examples !== undefined,
  )
  return Object.fromEntries(shown.map(([name, field]) => [name, exampleOf(field)]))
}
