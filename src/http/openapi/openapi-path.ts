export interface OpenApiPath {
  /** `/sessions/{id}` */
  readonly path: string
  readonly params: readonly string[]
}

/**
 * A path of Express as OpenAPI writes it. `*` and `*name` stand for any number of parts, for which
 * OpenAPI has no sign: they become one parameter, `rest`, whose words say so.
 */
export function openApiPath(expressPath: string): OpenApiPath {
  const params: string[] = []
  const path = expressPath
    .replace(/[{}]/g, '')
    .replace(/:(\w+)|\*\w*/g, (_sign, name: string | undefined = 'rest') => {
      params.push(name)
      return `{${name}}`
    })
  return { path, params }
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const

/** The methods of a route in lower case. `*` stands for each that OpenAPI and clients know. */
export function operationMethods(methods: readonly string[]): readonly string[] {
  const lower = methods.map(method => method.toLowerCase())
  return lower.includes('*') ? METHODS : lower
}

/** `post`, `/sessions/{id}` => `postSessionsById`: a name for code that is generated. */
export function operationId(method: string, path: string): string {
  const words = path
    .replace(/\{(\w+)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter(word => word !== '')
  return method + words.map(word => word[0]?.toUpperCase() + word.slice(1)).join('')
}
