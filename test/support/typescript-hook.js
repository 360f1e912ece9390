const { transformFileSync } = require('@swc/core')

/**
 * From now on `require` takes TypeScript, compiled as jest compiles it: for programs beside jest
 * that use the tests' own helpers.
 */
require.extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
  })
  module._compile(code, file)
}
