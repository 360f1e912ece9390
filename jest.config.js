/** Tests run against `dist`, the JavaScript that ships: `test/global-setup.js` builds it first. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023' }, module: { type: 'commonjs' } }],
  },
  moduleNameMapper: { '^(?:\\.\\./)+src/(.*)$': '<rootDir>/dist/$1' },
  globalSetup: '<rootDir>/test/global-setup.js',
  setupFiles: ['<rootDir>/test/support/closed-network.ts'],
  testTimeout: 20_000,
  // Many tests wait, for servers that start and for deadlines that pass: no core need stay idle.
  maxWorkers: '100%',
}
