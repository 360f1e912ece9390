const { readFileSync, readdirSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const path = require('node:path')

/** What `npm run test:quick` leaves out besides database servers: files that start our own server or an example. */
function startingProcesses() {
  const folder = path.join(__dirname, 'test')
  return readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith('.test.ts'))
    .filter(name =>
      /support\/(server-process|recipe)'|dist\/server\/main\.js'/.test(
        readFileSync(path.join(folder, name), 'utf8'),
      ),
    )
}

/**
 * What takes minutes and the network: an install as in production, an image's steps, PM2. `npm run
 * test:deploy` runs these, and `.ci/run` does.
 */
const DEPLOYED = process.env.TEST_DEPLOY === 'on' ? [] : ['<rootDir>/test/deploy/']

/** Tests run against `dist`, the JavaScript that ships: `test/global-setup.js` builds it first. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    ...DEPLOYED,
    ...(process.env.TEST_SERVERS === 'off' ? startingProcesses() : []),
  ],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023' }, module: { type: 'commonjs' } }],
  },
  moduleNameMapper: { '^(?:\\.\\./)+src/(.*)$': '<rootDir>/dist/$1' },
  globalSetup: '<rootDir>/test/global-setup.js',
  globalTeardown: '<rootDir>/test/global-teardown.js',
  setupFiles: ['<rootDir>/test/support/closed-network.ts'],
  // Ends what hangs. A busy machine may take ten times as long as a quiet one and still be right.
  testTimeout: 120_000,
  // Half of the time of a test file is waiting, for servers that start and for deadlines that pass:
  // with a third file under way two cores are busy. (Jest reads '150%' as 150 workers.)
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
}
