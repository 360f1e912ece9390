// Preloaded into a server whose memory is measured (`--require`): at SIGUSR2 it collects its garbage
// and writes what is left into the file that MEMORY_FILE names.
const { renameSync, writeFileSync } = require('node:fs')
const { setFlagsFromString } = require('node:v8')
const { runInNewContext } = require('node:vm')

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

process.on('SIGUSR2', () => {
  for (let i = 0; i < 3; i++) collectGarbage()
  const file = process.env.MEMORY_FILE
  const { rss, heapUsed, external } = process.memoryUsage()
  writeFileSync(`${file}.part`, JSON.stringify({ rss, heapUsed, external }))
  renameSync(`${file}.part`, file)
})
