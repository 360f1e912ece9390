const { transformFileSync } = require('@swc/core')

/**
 * From now on `require` takes TypeScript, as the tests do: what starts their databases serves the
 * benches, too.
 */
require.extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
  })
  module._compile(code, file)
}
