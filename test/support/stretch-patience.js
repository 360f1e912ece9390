/**
 * Preloaded into every server process of the tests (`server-process.ts`): the program that ships
 * runs as it is, with the deadlines that TEST_PATIENCE names. Worker processes and threads inherit
 * the preload. Nothing under `src` knows that variable.
 */
const patience = require('../../dist/patience.js')

patience.PATIENCE = Object.freeze({
  ...patience.PATIENCE,
  ...JSON.parse(process.env.TEST_PATIENCE ?? '{}'),
})
