import {
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  TableNode,
  type UnknownRow,
} from 'kysely'
import { TABLE_NAMES } from './tables'

class PrefixTransformer extends OperationNodeTransformer {
  readonly #prefix: string
  readonly #schema: string | undefined
  readonly #ours: ReadonlySet<string> = new Set(TABLE_NAMES)

  constructor(prefix: string, schema: string | undefined) {
    super()
    this.#prefix = prefix
    this.#schema = schema
  }

  protected override transformTable(node: TableNode): TableNode {
    const { name } = node.table.identifier
    if (!this.#ours.has(name)) return node
    const called = this.#prefix + name
    return this.#schema === undefined
      ? TableNode.create(called)
      : TableNode.createWithSchema(this.#schema, called)
  }
}

/**
 * Lets statements and migrations name our tables as `tables.ts` does, whatever the prefix and the
 * schema are. The schema is part of each name: a search path would be state of a session, which a
 * pooler does not keep.
 */
export function prefixTables(prefix: string, schema?: string): KyselyPlugin {
  const transformer = new PrefixTransformer(prefix, schema)
  return {
    transformQuery: ({ node, queryId }: PluginTransformQueryArgs): RootOperationNode =>
      transformer.transformNode(node, queryId),
    transformResult: async ({
      result,
    }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> => result,
  }
}
