const base = require('../../jest.config.js')

/**
 * For Stryker, which changes `src` and knows nothing of `dist`: tests import the sources themselves,
 * and only those tests run that live beside the folder that is changed.
 */
module.exports = {
  ...base,
  rootDir: '../..',
  moduleNameMapper: {},
  globalSetup: undefined,
  globalTeardown: undefined,
  testMatch: [`**/test/${process.env.MUTATED_FOLDER ?? 'token'}/**/*.test.ts`],
}
