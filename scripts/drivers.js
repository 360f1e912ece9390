// Prints the optional drivers with the versions of package-lock.json, for an image that brings them
// along: `npm install --no-save --save-prod --omit=dev $(node scripts/drivers.js)`. Without
// --save-prod npm takes them for the development dependencies that they are here, and installs none.
const { packages } = require('../package-lock.json')
const { peerDependencies } = require('../package.json')

const all = Object.keys(peerDependencies)
const asked = process.argv.length > 2 ? process.argv.slice(2) : all
for (const name of asked) {
  if (!all.includes(name)) throw new Error(`${name} is none of ${all.join(', ')}`)
}
process.stdout.write(
  `${asked.map(name => `${name}@${packages[`node_modules/${name}`].version}`).join(' ')}\n`,
)
