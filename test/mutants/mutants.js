const { readFileSync, readdirSync } = require('node:fs')
const path = require('node:path')

/**
 * A rule that is broken on purpose.
 *
 * @typedef {object} Mutant
 * @property {string} promise the promise that it breaks, of docs/promises.md
 * @property {string} name what the broken code does
 * @property {string} file the file that is changed
 * @property {string} from text that stands in the file once
 * @property {string} to what takes its place
 * @property {{ file?: string, from: string, to: string }[]} [also] further changes, where one rule is kept in two places
 * @property {string} test the file of the test that must go red
 * @property {string} testName words of its title, as the source has them
 * @property {string} [titleIn] the file that writes the test, where another one runs it
 * @property {string} [case] words of the title as it runs, where one case of many is enough
 */

/** Every mutant, in the order of the files here and of their lines. @returns {Mutant[]} */
function readMutants() {
  const names = readdirSync(__dirname).filter(name => name.endsWith('.json'))
  return names.sort().flatMap(name => JSON.parse(readFileSync(path.join(__dirname, name), 'utf8')))
}

/** All changes of a mutant, each with its file. @param {Mutant} mutant */
function changesOf({ file, from, to, also = [] }) {
  return [{ file, from, to }, ...also.map(each => ({ file, ...each }))]
}

module.exports = { readMutants, changesOf }
