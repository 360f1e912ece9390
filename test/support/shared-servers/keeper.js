require('../typescript-hook')
const { keepServers } = require('./keep-servers.ts')
const { clearRunFolder } = require('./run-folder.ts')

/**
 * Keeps the database servers of one run of the tests, and cleans up after the run. jest's global
 * setup starts this program in a process group of its own, and holds the other end of its standard
 * input. That end closes when jest ends, also by Ctrl-C or kill -9: then every process and every
 * temporary folder of the run goes, too. Exits with 1 when tests left any of them behind.
 */
async function main() {
  const { url, close } = await keepServers()
  process.stdout.write(`${url}\n`)
  process.stdin.resume()
  await new Promise(resolve => process.stdin.once('close', resolve))
  await close()
  const left = await clearRunFolder(process.env.TMPDIR)
  if (left.length > 0) process.stderr.write(`\nthe tests left behind:\n${left.join('\n')}\n`)
  process.exit(left.length > 0 ? 1 : 0)
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
